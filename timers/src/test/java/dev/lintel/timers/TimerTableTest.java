package dev.lintel.timers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.apache.beam.runners.core.StateNamespaces;
import org.junit.jupiter.api.Test;

class TimerTableTest {
  private static TimerIdentity identity(int number) {
    return new TimerIdentity(
        TreeMapTaskState.key("key-" + number), StateNamespaces.global(), "", "id");
  }

  @Test
  void isLikeAHashMap() {
    for (long seed = 1; seed <= 20; seed++) {
      compareWithHashMap(seed);
    }
  }

  private static void compareWithHashMap(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    TimerTable table = new TimerTable();
    Map<TimerIdentity, TimerEntry> model = new HashMap<>();
    for (int step = 0; step < 5000; step++) {
      TimerIdentity identity = identity(random.nextInt(400));
      TimerEntry found = table.find(identity);
      assertThat(found).as("seed=%d, step=%d", seed, step).isSameAs(model.get(identity));
      if (found == null) {
        TimerEntry added = new TimerEntry(identity, 0);
        table.add(added);
        model.put(identity, added);
      } else if (random.nextBoolean()) {
        table.remove(found);
        model.remove(identity);
      }
      if (step % 1000 == 999) {
        int keep = random.nextInt();
        table.retain(entry -> (entry.hash & 1) == (keep & 1));
        model.keySet().removeIf(entry -> (entry.hash & 1) != (keep & 1));
      }
      assertThat(table.size()).as("seed=%d, step=%d", seed, step).isEqualTo(model.size());
    }
    Set<TimerEntry> visited = new HashSet<>();
    table.forEach(visited::add);
    assertThat(visited).as("seed=%d", seed).isEqualTo(new HashSet<>(model.values()));
  }

  @Test
  void refusesToRemoveWhatIsNotThere() {
    TimerTable table = new TimerTable();
    assertThatThrownBy(() -> table.remove(new TimerEntry(identity(1), 0)))
        .isInstanceOf(IllegalStateException.class);
  }
}
