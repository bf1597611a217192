mod create;
mod isolation;
