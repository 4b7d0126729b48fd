package dev.lintel.faults.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.faults.fault.Fault.Kind;
import dev.lintel.faults.process.Place;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static final List<Place> PLACES = List.of(Place.values());

  @Test
  void hasEveryKindAndEveryPlaceInARound() {
    List<Fault> faults = Schedule.of(1, 25, PLACES, EnumSet.allOf(Kind.class));

    assertThat(faults).hasSize(25).extracting(Fault::kind).contains(Kind.values());
    assertThat(faults)
        .filteredOn(each -> each.kind() == Kind.KILL)
        .extracting(Fault::place)
        .contains(Place.values());
  }

  @Test
  void isTheSameForTheSameSeed() {
    EnumSet<Kind> kinds = EnumSet.of(Kind.KILL, Kind.ZOMBIE);
    List<Fault> faults = Schedule.of(1, 50, PLACES, kinds);

    assertThat(Schedule.of(1, 50, PLACES, kinds)).isEqualTo(faults);
    assertThat(Schedule.of(2, 50, PLACES, kinds)).isNotEqualTo(faults);
    assertThat(faults).allMatch(each -> kinds.contains(each.kind()));
  }
}
