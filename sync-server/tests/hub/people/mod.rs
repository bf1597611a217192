mod device;
mod role;
mod user;
