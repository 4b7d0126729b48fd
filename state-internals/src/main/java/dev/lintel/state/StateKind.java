package dev.lintel.state;

/** The kinds of state that Beam knows; one column has one kind for ever. */
enum StateKind {
  VALUE,
  COMBINING,
  HOLD,
  BAG,
  SET,
  MAP,
  MULTIMAP,
  ORDERED_LIST
}
