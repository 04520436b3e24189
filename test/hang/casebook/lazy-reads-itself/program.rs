// hangs: lost-wake-up
// standing: proven
// root: top
// least: 1.80
// history: https://github.com/jdx/mise/issues/4600
// cause: what a LazyLock is initialised with asks for the value of that same LazyLock, by way of the toolset, the environment of a tool and the configuration
use std::sync::LazyLock;

static TOOLSET: LazyLock<usize> = LazyLock::new(|| {
    println!("ready");
    config() + 1
});

fn config() -> usize {
    uv_path() + 1
}

fn uv_path() -> usize {
    *TOOLSET + 1
}

fn main() {
    println!("{}", *TOOLSET);
}
