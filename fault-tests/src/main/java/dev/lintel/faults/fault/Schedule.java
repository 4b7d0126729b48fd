package dev.lintel.faults.fault;

import dev.lintel.faults.fault.Fault.Kind;
import dev.lintel.faults.process.Place;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Which faults there are, in which order: made from the seed. Every kind comes again and again,
 * without an end.
 *
 * <p><i>Ownership:</i> one thread.
 */
public final class Schedule implements Iterator<Fault> {
  private static final int KILLS_PER_ROUND = 3;
  private static final long MILLIS_MAX = 3_000;

  /** How often a place is passed within about a second, so that kills spread over it. */
  private static final int BUSY_PASSES_MAX = 200;

  private static final int RARE_PASSES_MAX = 3;
  private static final Set<Place> BUSY = EnumSet.of(Place.INSIDE_BUNDLE, Place.FINALIZING);

  private final SplittableRandom random;
  private final List<Place> places;
  private final Set<Kind> kinds;
  private final Deque<Fault> next = new ArrayDeque<>();

  /**
   * @param places where the pipeline can be halted
   * @param kinds what can be done here
   */
  public Schedule(long seed, List<Place> places, Set<Kind> kinds) {
    this.random = new SplittableRandom(seed);
    this.places = places;
    this.kinds = kinds;
  }

  @Override
  public boolean hasNext() {
    return true;
  }

  @Override
  public Fault next() {
    while (next.isEmpty()) {
      next.addAll(round());
    }
    return next.remove();
  }

  /** Each kind, each place, and some kills more. */
  private List<Fault> round() {
    List<Fault> round = new ArrayList<>();
    for (int i = 0; i < KILLS_PER_ROUND; i++) {
      round.add(fault(Kind.KILL_EARLY, null));
      round.add(fault(Kind.KILL, null));
    }
    places.forEach(place -> round.add(fault(Kind.KILL, place)));
    round.add(fault(Kind.ZOMBIE, null));
    List<Place> ofZombies = new ArrayList<>(places);
    // A zombie that has not begun is a process that starts late.
    ofZombies.remove(Place.RESTORING);
    round.add(fault(Kind.ZOMBIE, ofZombies.get(random.nextInt(ofZombies.size()))));
    EnumSet.range(Kind.SECOND_RUN, Kind.BROKER_AWAY).forEach(each -> round.add(fault(each, null)));
    round.removeIf(each -> !kinds.contains(each.kind()));
    Collections.shuffle(round, new Random(random.nextLong()));
    return round;
  }

  private Fault fault(Kind kind, @Nullable Place place) {
    int passesMax = place != null && BUSY.contains(place) ? BUSY_PASSES_MAX : RARE_PASSES_MAX;
    return new Fault(kind, place, random.nextInt(passesMax), random.nextLong(MILLIS_MAX));
  }
}
