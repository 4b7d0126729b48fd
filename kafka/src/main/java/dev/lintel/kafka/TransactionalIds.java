package dev.lintel.kafka;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The transactional ids of one sink: {@code lintel/JOB/TRANSFORM/SLOT.NUMBER}. They are the same in
 * every life of the job, so that a new life finds what earlier ones have left, and are told from
 * those of other jobs and transforms, whatever these are called.
 *
 * @param prefix what all of them begin with
 */
record TransactionalIds(String prefix) {
  private static final Pattern FORM = Pattern.compile("(lintel/[^/]+/[^/]+/)(\\d{1,9})\\.\\d{1,9}");

  static TransactionalIds of(String jobId, String transform) {
    return new TransactionalIds("lintel/" + escaped(jobId) + "/" + escaped(transform) + "/");
  }

  private static String escaped(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8);
  }

  List<String> ofSlot(int slot, int count) {
    List<String> ids = new ArrayList<>();
    for (int number = 0; number < count; number++) {
      ids.add(prefix + slot + "." + number);
    }
    return ids;
  }

  /** The sink that an id belongs to, which had another name if the transform was renamed. */
  static TransactionalIds sinkOf(String id) {
    return new TransactionalIds(matched(id).group(1));
  }

  /** Whether it is one of this sink's. */
  boolean contains(String id) {
    return id.startsWith(prefix) && FORM.matcher(id).matches();
  }

  /**
   * The slot that looks after an id when there are so many slots: the one that has given it out, if
   * that is still there.
   */
  static int caretaker(String id, int slots) {
    return Integer.parseInt(matched(id).group(2)) % slots;
  }

  private static Matcher matched(String id) {
    Matcher matcher = FORM.matcher(id);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "Expected a transactional id of Lintel's, such as lintel/job/transform/0.0, but it is "
              + id);
    }
    return matcher;
  }
}
