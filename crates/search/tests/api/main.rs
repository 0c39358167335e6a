//! APIs of every habit and fault: a search finds exactly what is there, or says what is wrong and where.

mod client;
mod faults;
mod habits;
mod server;
mod world;
