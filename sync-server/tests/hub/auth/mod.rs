mod login;
mod password;
mod refresh;
mod text;
mod throttle;
