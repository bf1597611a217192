mod connections;
mod create;
mod drift;
mod first_records;
mod foreign;
mod isolation;
mod sample;
mod suspend;
