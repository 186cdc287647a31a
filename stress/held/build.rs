//! The build is chosen here and not by the environment: without it nobody would be held.

fn main() {
    println!("cargo::rustc-cfg=forebay_held");
    println!("cargo::rustc-check-cfg=cfg(forebay_held, forebay_shuttle, forebay_loom)");
    println!("cargo::rerun-if-changed=build.rs");
}
