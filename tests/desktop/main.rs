//! Stories about the desktop app, told on the real program in a real window.

mod access;
mod any_master;
mod arriving;
mod copies;
mod faults;
mod hands;
mod importing;
mod invitation;
mod keyboard;
mod light;
mod lists;
mod offline;
mod secrecy;
mod shell;
mod taking_out;
mod tongue;
mod tour;
