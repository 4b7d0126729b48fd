package dev.lintel.state;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link StoredPart} has to write: members that know their place, so that each is added and
 * removed at once, and a place from where on they have been added after a pass began.
 *
 * <pre>{@code
 * to be written by the pass   |  added since, or moved up
 *                          passLeft                      size
 * }</pre>
 *
 * <p><i>Ownership:</i> the task's thread.
 */
public final class DirtyList<T extends DirtyList.Member> {
  /** What {@link Member#dirtyPlace()} is of a member that is in no list. */
  public static final int NOWHERE = -1;

  private static final int FIRST_LENGTH = 16;

  /** A larger array is given back when all has been written. */
  private static final int KEPT_LENGTH_MAX = 1 << 16;

  private @Nullable Member[] members = new Member[FIRST_LENGTH];
  private int size;
  private int passLeft;

  /** Keeps its place for the list. */
  public interface Member {
    int dirtyPlace();

    void dirtyPlace(int place);
  }

  public int size() {
    return size;
  }

  /** Adds a member that is not in the list. */
  public void add(T member) {
    if (size == members.length) {
      members = Arrays.copyOf(members, size * 2);
    }
    member.dirtyPlace(size);
    members[size++] = member;
  }

  /** Removes a member if it is in the list. */
  public void remove(T member) {
    int gap = member.dirtyPlace();
    if (gap == NOWHERE) {
      return;
    }
    if (gap < passLeft) {
      move(--passLeft, gap);
      gap = passLeft;
    }
    move(--size, gap);
    members[size] = null;
    member.dirtyPlace(NOWHERE);
  }

  private void move(int from, int to) {
    Member moved = members[from];
    if (moved != null && from != to) {
      moved.dirtyPlace(to);
      members[to] = moved;
    }
  }

  /** Removes every member, and has it written. */
  public void flush(Consumer<T> write) {
    passLeft = 0;
    while (size > 0) {
      takeAt(size - 1, write);
    }
    if (members.length > KEPT_LENGTH_MAX) {
      members = new Member[FIRST_LENGTH];
    }
  }

  /** See {@link StoredPart#flushSome}. */
  public boolean flushSome(int max, Consumer<T> write) {
    if (passLeft == 0) {
      passLeft = size;
    }
    for (int i = 0; i < max && passLeft > 0; i++) {
      takeAt(passLeft - 1, write);
    }
    return passLeft > 0;
  }

  @SuppressWarnings("unchecked") // Only members of this type are added.
  private void takeAt(int place, Consumer<T> write) {
    T member = (T) members[place];
    if (member != null) {
      remove(member);
      write.accept(member);
    }
  }
}
