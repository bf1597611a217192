mod login;
mod password;
mod refresh;
mod throttle;
