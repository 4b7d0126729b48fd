package dev.lintel.runner.sideinput;

import dev.lintel.runner.sideinput.PaneWriter.Written;
import dev.lintel.runner.spill.MemoryBudget;
import dev.lintel.runner.spill.SortedRun;
import dev.lintel.runner.spill.SpillSpace;
import dev.lintel.translation.plan.Operator.GatherView;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.coders.Coder;
import org.jspecify.annotations.Nullable;

/**
 * Makes the panes of one side input, and knows what they take: on the heap as long as the job's
 * memory budget has room, and then in files, the largest first.
 *
 * <p>The heap that a pane takes and its file are given back when nobody has the pane any more: no
 * operator, and nobody who was given a part of it, as an element of an output, say. Beam has no
 * call that tells so; the garbage collector does. As it knows nothing of disks, it is asked to run
 * when the files have become twice what they were after it ran last, and more than {@value
 * #FILE_GROWTH_BYTES} bytes more: so they take little more than twice what is in use.
 *
 * <p><i>Ownership:</i> the thread of the task that gathers the panes. The panes themselves are for
 * any thread.
 */
public final class PaneStore implements AutoCloseable {
  /** What the heap takes for an element beside its encoded bytes, about. */
  private static final int ELEMENT_BYTES = 64;

  /** The same where there is a map of the keys. */
  private static final int ENTRY_BYTES = 160;

  /** Smaller panes stay on the heap: a file for each of many would be worse. */
  static final long FILE_BYTES_MIN = 64 << 10;

  /** Smaller panes are not followed once they are made. */
  private static final long FOLLOWED_BYTES_MIN = 4 << 10;

  /** The budget is asked for so much more at a time. */
  private static final long STEP_BYTES = 64 << 10;

  /** How much the files grow, at least, before the garbage collector is asked to run. */
  private static final long FILE_GROWTH_BYTES = 1 << 30;

  private final String idPrefix;
  private final PaneForm form;
  private final boolean canBeWritten;
  private final EncodedSize size;
  private final SpillSpace space;
  private final long fileGrowthBytes;
  private final MemoryBudget.Share share;

  /** The panes that grow, by number. */
  private final Map<Long, PaneBuilder> growing = new HashMap<>();

  private long nextNumber;
  private final ReferenceQueue<Pane> unreachable = new ReferenceQueue<>();
  private final Set<Kept> kept = new HashSet<>();
  private long heapBytes;

  /** What the budget has granted. */
  private long heldBytes;

  private long fileBytes;
  private long fileBytesAfterCollection;
  private boolean collecting;

  /** A pane that somebody may have, and what it takes. */
  private static final class Kept extends PhantomReference<Pane> {
    final long heapBytes;
    final @Nullable SortedRun file;

    Kept(Pane pane, ReferenceQueue<Pane> unreachable, long heapBytes, @Nullable SortedRun file) {
      super(pane, unreachable);
      this.heapBytes = heapBytes;
      this.file = file;
    }
  }

  /**
   * @param idPrefix what the {@link Pane.Origin#contentId}s of its panes begin with: no other store
   *     of any life of any job has it
   */
  public PaneStore(GatherView spec, SpillSpace space, String idPrefix) {
    this(spec, space, idPrefix, FILE_GROWTH_BYTES);
  }

  PaneStore(GatherView spec, SpillSpace space, String idPrefix, long fileGrowthBytes) {
    this(PaneForm.of(spec.input(), spec.byKey()), space, idPrefix, fileGrowthBytes);
  }

  /** For panes that are read back from a checkpoint. */
  static PaneStore ofRestored(PaneForm form, SpillSpace space) {
    return new PaneStore(form, space, "", FILE_GROWTH_BYTES);
  }

  /**
   * For the values of groups instead of side inputs: its panes are {@link Pane.OfList}s.
   *
   * @param what whose values they are, for error texts
   */
  public static PaneStore ofLists(Coder<Object> elements, String what, SpillSpace space) {
    return new PaneStore(new PaneForm(elements, false, what), space, "", FILE_GROWTH_BYTES);
  }

  private PaneStore(PaneForm form, SpillSpace space, String idPrefix, long fileGrowthBytes) {
    this.idPrefix = idPrefix;
    this.form = form;
    this.canBeWritten = form.canBeWritten();
    this.size = new EncodedSize(form.elements());
    this.space = space;
    this.fileGrowthBytes = fileGrowthBytes;
    this.share = space.memory().share();
  }

  /** A pane that elements are added to. */
  public PaneBuilder begin() {
    return begin(idPrefix + nextNumber);
  }

  PaneBuilder begin(String contentId) {
    giveBackUnreachable();
    PaneBuilder builder = new PaneBuilder(this, form, nextNumber++, contentId);
    growing.put(builder.number(), builder);
    return builder;
  }

  /** A pane of all these elements, which are read now. */
  public Pane paneOf(Iterable<?> elements) {
    PaneBuilder builder = begin();
    elements.forEach(builder::add);
    return builder.finish();
  }

  long heapBytes(Object element) {
    return size.of(element) + (form.byKey() ? ENTRY_BYTES : ELEMENT_BYTES);
  }

  void grew(long bytes) {
    heapBytes += bytes;
    if (heapBytes > heldBytes) {
      makeRoom();
    }
  }

  private void makeRoom() {
    giveBackUnreachable();
    while (!share.hold(heapBytes + STEP_BYTES)) {
      PaneBuilder largest = largest();
      if (largest == null || largest.heapBytes() < FILE_BYTES_MIN) {
        break;
      }
      heapBytes -= largest.heapBytes();
      largest.moveTo(writer());
      share.release();
    }
    heldBytes = heapBytes + STEP_BYTES;
  }

  private @Nullable PaneBuilder largest() {
    PaneBuilder largest = null;
    if (canBeWritten) {
      for (PaneBuilder each : growing.values()) {
        if (largest == null || each.heapBytes() > largest.heapBytes()) {
          largest = each;
        }
      }
    }
    return largest;
  }

  private PaneWriter writer() {
    return form.byKey()
        ? new MultimapPaneWriter(form, space)
        : new ListPaneWriter(form, space.directory());
  }

  Pane finish(PaneBuilder builder) {
    growing.remove(builder.number());
    PaneWriter writer = builder.writer();
    if (writer == null) {
      return keepOnHeap(builder);
    }
    Written written = writer.finish(builder.contentId());
    kept.add(new Kept(written.pane(), unreachable, 0, written.file()));
    fileBytes += written.file().bytes();
    collectIfGrown();
    return written.pane();
  }

  private Pane keepOnHeap(PaneBuilder builder) {
    Pane pane = builder.onHeap();
    if (builder.heapBytes() < FOLLOWED_BYTES_MIN) {
      heapBytes -= builder.heapBytes();
    } else {
      kept.add(new Kept(pane, unreachable, builder.heapBytes(), null));
    }
    return pane;
  }

  /** Gives back what panes took that nobody has any more. */
  void giveBackUnreachable() {
    boolean any = false;
    for (Object next = unreachable.poll(); next != null; next = unreachable.poll()) {
      Kept gone = (Kept) next;
      kept.remove(gone);
      heapBytes -= gone.heapBytes;
      if (gone.file != null) {
        fileBytes -= gone.file.bytes();
        gone.file.close();
      }
      any = true;
    }
    if (any) {
      share.release();
      heldBytes = 0;
    }
    // What the collection found may come into the queue a little later than it ended.
    if (collecting || fileBytes < fileBytesAfterCollection) {
      collecting = false;
      fileBytesAfterCollection = fileBytes;
    }
  }

  /** What is found unreachable then is given back when the next pane begins. */
  private void collectIfGrown() {
    long growth = fileBytes - fileBytesAfterCollection;
    if (growth > fileGrowthBytes && growth > fileBytesAfterCollection) {
      collecting = true;
      System.gc();
    }
  }

  /** The bytes of all files that were not given back yet. */
  long fileBytes() {
    return fileBytes;
  }

  /** Ends the gathering; the panes that were made go on, until the job ends. */
  @Override
  public void close() {
    for (PaneBuilder each : growing.values()) {
      PaneWriter writer = each.writer();
      if (writer != null) {
        writer.abandon();
      }
    }
    growing.clear();
    share.close();
  }
}
