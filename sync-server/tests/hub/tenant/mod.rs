mod connections;
mod create;
mod foreign;
mod isolation;
mod suspend;
