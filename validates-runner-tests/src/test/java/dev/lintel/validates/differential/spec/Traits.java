package dev.lintel.validates.differential.spec;

/**
 * What is known about a collection, as far as it decides which steps may follow.
 *
 * @param continued whether the collection comes out of a grouping whose trigger was not the default
 *     one, so that it carries that trigger's continuation
 * @param bounded as Beam sees it
 * @param late whether an element can be behind the watermark
 * @param direct whether elements come from the TestStream with nothing between that holds elements
 *     or watermarks, so that the watermark at each element is known
 * @param uniqueTimes whether no two elements of a window have the same timestamp
 * @param paneKnown whether the elements' pane info is determined
 * @param endOfTime whether an element can have the end of the global window as timestamp
 */
public record Traits(
    Windowing windowing,
    boolean continued,
    boolean bounded,
    Order order,
    boolean late,
    boolean direct,
    boolean uniqueTimes,
    boolean paneKnown,
    boolean endOfTime) {

  /** How much is known about the order of arrival. */
  public enum Order {
    NONE,
    /** Elements of one key come one after the other, in a known order. */
    PER_KEY,
    /** All elements do. */
    TOTAL
  }

  Traits withWindowing(Windowing windowing, boolean continued) {
    return new Traits(
        windowing, continued, bounded, order, late, direct, uniqueTimes, paneKnown, endOfTime);
  }

  Traits withOrder(Order order) {
    return new Traits(
        windowing, continued, bounded, order, late, direct, uniqueTimes, paneKnown, endOfTime);
  }

  Traits withUniqueTimes(boolean uniqueTimes) {
    return new Traits(
        windowing, continued, bounded, order, late, direct, uniqueTimes, paneKnown, endOfTime);
  }

  Traits withPaneKnown(boolean paneKnown) {
    return new Traits(
        windowing, continued, bounded, order, late, direct, uniqueTimes, paneKnown, endOfTime);
  }

  Traits withBounded(boolean bounded) {
    return new Traits(
        windowing, continued, bounded, order, late, direct, uniqueTimes, paneKnown, endOfTime);
  }

  /**
   * What is known after a step that holds elements back, maybe until their window ends: their order
   * is gone.
   */
  Traits held(boolean late) {
    boolean atTheEnd = endOfTime || windowing.kind() == Windowing.Kind.GLOBAL;
    return new Traits(
        windowing, continued, bounded, Order.NONE, late, false, uniqueTimes, paneKnown, atTheEnd);
  }
}
