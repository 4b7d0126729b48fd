package dev.lintel.faults.process;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * In the process that is killed: halts the thread that gets to the {@link Place} that the harness
 * has asked for, and says so, to be killed there.
 *
 * <p><i>Ownership:</i> any thread.
 */
public final class Halts {
  /** What begins the lines that are for the harness. */
  static final String MARK = "@fault ";

  /** What begins the line that tells of the first new element, and the CPU time used by then. */
  public static final String FIRST = "first";

  private static final AtomicReference<@Nullable Armed> ARMED = new AtomicReference<>();
  private static final CountDownLatch RELEASED = new CountDownLatch(1);

  private Halts() {}

  /**
   * @param left how many threads may still pass
   */
  private record Armed(Place place, int left) {}

  /** The next but {@code passes} that gets to the place is halted. */
  static void arm(Place place, int passes) {
    ARMED.set(new Armed(place, passes));
  }

  /** Lets the halted thread, and every one after it, go on. */
  static void release() {
    ARMED.set(null);
    RELEASED.countDown();
  }

  /** Called by whoever gets to a place. */
  public static void at(Place place) {
    Armed armed = ARMED.get();
    while (armed != null && armed.place() == place) {
      Armed next = armed.left() == 0 ? null : new Armed(place, armed.left() - 1);
      if (ARMED.compareAndSet(armed, next)) {
        if (next == null) {
          halt(place);
        }
        return;
      }
      armed = ARMED.get();
    }
  }

  private static void halt(Place place) {
    tell("reached " + place);
    try {
      RELEASED.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** An element has been processed that no earlier process can have seen. */
  public static void tellFirst() {
    long cpuNanos =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    tell(FIRST + " " + TimeUnit.NANOSECONDS.toMillis(cpuNanos));
  }

  private static void tell(String what) {
    System.out.println(MARK + what);
  }
}
