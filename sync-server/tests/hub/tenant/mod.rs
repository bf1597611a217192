mod connections;
mod create;
mod isolation;
mod suspend;
