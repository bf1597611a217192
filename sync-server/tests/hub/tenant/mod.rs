mod connections;
mod create;
mod first_records;
mod foreign;
mod isolation;
mod sample;
mod suspend;
