//! Stories about the desktop app, told on the real program in a real window.

mod hands;
mod offline;
mod shell;
