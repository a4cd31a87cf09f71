//! What a class sees of a run: the same simulation as everywhere, a round at a time, with changes made while it runs, a
//! sample of its users, and sample conversations to read. The teaching page and the demo in the terminal show it.

mod answers;
mod changes;
mod controls;
mod course;
mod dots;
mod frame;
mod replay;
mod words;

pub use answers::sample_answers;
pub use changes::{Lesson, LessonError, MOST_CHANGES, MOST_ROUNDS, MOST_USERS};
pub use controls::{controls, values_in_force};
pub use course::{Course, Lived};
pub use dots::Dots;
pub use frame::{Frame, columns};
pub use replay::incident_with;
pub use words::{Language, words};
