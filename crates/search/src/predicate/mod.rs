//! Whether an item matches, where no server decides it.
