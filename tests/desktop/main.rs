//! Stories about the desktop app, told on the real program in a real window.

mod arriving;
mod hands;
mod invitation;
mod light;
mod offline;
mod secrecy;
mod shell;
