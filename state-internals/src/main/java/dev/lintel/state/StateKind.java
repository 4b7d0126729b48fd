package dev.lintel.state;

/** The kinds of state that Beam knows; one column has one kind for ever. */
enum StateKind {
  VALUE(1),
  COMBINING(2),
  HOLD(3),
  BAG(4),
  SET(5),
  MAP(6),
  MULTIMAP(7),
  ORDERED_LIST(8);

  /** What the dictionary has for a number that stands for something else than cells. */
  static final int NO_CELLS = 0;

  /** What stands for the kind in the dictionary of a store; never changed, never used again. */
  final int code;

  StateKind(int code) {
    this.code = code;
  }

  /** The name of what a code stands for. */
  static String nameOf(int code) {
    for (StateKind kind : values()) {
      if (kind.code == code) {
        return kind.name();
      }
    }
    return code == NO_CELLS ? "no cells" : "kind " + code;
  }
}
