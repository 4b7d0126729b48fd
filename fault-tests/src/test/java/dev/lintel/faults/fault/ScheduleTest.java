package dev.lintel.faults.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.faults.fault.Fault.Kind;
import dev.lintel.faults.process.Place;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static final List<Place> PLACES = List.of(Place.values());

  private static List<Fault> first(int count, long seed, Set<Kind> kinds) {
    return Stream.generate(new Schedule(seed, PLACES, kinds)::next).limit(count).toList();
  }

  @Test
  void hasEveryKindAndEveryPlaceInARound() {
    List<Fault> faults = first(25, 1, EnumSet.allOf(Kind.class));

    assertThat(faults).hasSize(25).extracting(Fault::kind).contains(Kind.values());
    assertThat(faults)
        .filteredOn(each -> each.kind() == Kind.KILL)
        .extracting(Fault::place)
        .contains(Place.values());
  }

  @Test
  void isTheSameForTheSameSeed() {
    EnumSet<Kind> kinds = EnumSet.of(Kind.KILL, Kind.ZOMBIE);
    List<Fault> faults = first(50, 1, kinds);

    assertThat(first(50, 1, kinds)).isEqualTo(faults);
    assertThat(first(50, 2, kinds)).isNotEqualTo(faults);
    assertThat(faults).allMatch(each -> kinds.contains(each.kind()));
  }
}
