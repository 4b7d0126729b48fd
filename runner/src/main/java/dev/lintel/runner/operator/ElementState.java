package dev.lintel.runner.operator;

import java.lang.reflect.Field;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.beam.runners.core.StateInternals;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.runners.core.TimerInternals;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.state.ReadableState;
import org.apache.beam.sdk.state.State;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerMap;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.reflect.DoFnSignature;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * State and timers as a {@code @ProcessElement} method has them: those of the current key and of
 * the window that its {@link ElementContext} is at. What depends on neither is looked up once.
 *
 * <p><i>Ownership:</i> one {@link ElementArguments}.
 */
final class ElementState {
  private final StateInternals state;
  private final ElementTimer.Setting timers;
  private final Coder<BoundedWindow> windowCoder;
  private final Declared<StateTag<? extends State>> tags;
  private final Declared<ElementTimer> timersById;
  private final Map<String, TimeDomain> families = new HashMap<>();
  private @Nullable StateNamespace namespace;
  private @Nullable BoundedWindow window;

  @SuppressWarnings("unchecked")
  ElementState(
      DoFn<Object, Object> fn,
      DoFnSignature signature,
      WindowingStrategy<?, ?> windowing,
      StateInternals state,
      TimerInternals timers) {
    this.state = state;
    this.timers = new ElementTimer.Setting(fn, timers, windowing.getAllowedLateness());
    windowCoder = (Coder<BoundedWindow>) windowing.getWindowFn().windowCoder();
    tags = new Declared<>(tags(fn, signature));
    Map<String, ElementTimer> timerById = new LinkedHashMap<>();
    signature
        .timerDeclarations()
        .forEach(
            (id, declared) -> {
              TimeDomain domain = ((TimerSpec) value(declared.field(), fn)).getTimeDomain();
              timerById.put(id, new ElementTimer(this.timers, "", id, domain));
            });
    timersById = new Declared<>(timerById);
    signature
        .timerFamilyDeclarations()
        .forEach(
            (id, declared) ->
                families.put(id, ((TimerSpec) value(declared.field(), fn)).getTimeDomain()));
  }

  /** The address of each state that a DoFn declares, by its id. */
  @SuppressWarnings("unchecked")
  static Map<String, StateTag<? extends State>> tags(DoFn<?, ?> fn, DoFnSignature signature) {
    Map<String, StateTag<? extends State>> tags = new LinkedHashMap<>();
    signature
        .stateDeclarations()
        .forEach(
            (id, declared) ->
                tags.put(
                    id, StateTags.tagForSpec(id, (StateSpec<State>) value(declared.field(), fn))));
    return tags;
  }

  private static Object value(Field field, DoFn<?, ?> fn) {
    try {
      Object value = field.get(fn);
      if (value == null) {
        throw new IllegalStateException(
            "Expected " + field + " to hold the spec of a state or timer, but it is null");
      }
      return value;
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("Expected to read " + field, e);
    }
  }

  State state(String id, boolean alwaysFetched, BoundedWindow current) {
    StateTag<? extends State> tag = tags.get(id);
    if (tag == null) {
      throw new IllegalStateException("Expected a state '" + id + "', but none is declared");
    }
    State cell = state.state(namespace(current), tag);
    return alwaysFetched ? (State) ((ReadableState<?>) cell).readLater() : cell;
  }

  private StateNamespace namespace(BoundedWindow current) {
    StateNamespace known = namespace;
    if (known == null || !current.equals(window)) {
      known = StateNamespaces.window(windowCoder, current);
      namespace = known;
      window = current;
    }
    return known;
  }

  Timer timer(String id, BoundedWindow current, Instant timestamp) {
    ElementTimer timer = timersById.get(id);
    if (timer == null) {
      throw new IllegalStateException("Expected a timer '" + id + "', but none is declared");
    }
    timer.begin(current, namespace(current), timestamp);
    return timer;
  }

  TimerMap timerFamily(String familyId, BoundedWindow current, Instant timestamp) {
    TimeDomain domain = families.get(familyId);
    if (domain == null) {
      throw new IllegalStateException(
          "Expected a timer family '" + familyId + "', but none is declared");
    }
    return new Family(familyId, domain, current, timestamp);
  }

  private final class Family implements TimerMap {
    private final Map<String, Timer> byId = new HashMap<>();
    private final String familyId;
    private final TimeDomain domain;
    private final BoundedWindow current;
    private final Instant timestamp;

    Family(String familyId, TimeDomain domain, BoundedWindow current, Instant timestamp) {
      this.familyId = familyId;
      this.domain = domain;
      this.current = current;
      this.timestamp = timestamp;
    }

    /** As Beam: a timer of its own, whatever {@link #get} was told before. */
    @Override
    public void set(String timerId, Instant absoluteTime) {
      Timer timer = newTimer(timerId);
      timer.set(absoluteTime);
      byId.put(timerId, timer);
    }

    @Override
    public Timer get(String timerId) {
      return byId.computeIfAbsent(timerId, this::newTimer);
    }

    private Timer newTimer(String timerId) {
      ElementTimer timer = new ElementTimer(timers, familyId, timerId, domain);
      timer.begin(current, namespace(current), timestamp);
      return timer;
    }
  }
}
