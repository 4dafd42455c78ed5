//! What boardpaper promises, shown on whole projects, on samples made up and on its own source text.

mod again;
mod chance;
mod cli;
mod codes;
mod csv;
mod example;
mod feedback;
mod frameworks;
mod hostile;
mod house;
mod kinds;
mod languages;
mod methods;
mod mistakes;
mod overrides;
mod privacy;
mod project;
mod recipes;
mod reference;
mod same_bytes;
mod start;
mod stated;
mod tables;
mod through_time;
mod words;
mod worked;
