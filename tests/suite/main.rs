//! What boardpaper promises, shown on whole projects and on its own source text.

mod house;
mod project;
