package dev.lintel.runner.compatibility;

import dev.lintel.runner.compatibility.KeptTransform.KeptState;
import dev.lintel.state.StateSelection;
import java.lang.reflect.Field;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.reflect.DoFnSignature;
import org.apache.beam.sdk.transforms.reflect.DoFnSignature.TimerDeclaration;
import org.apache.beam.sdk.transforms.reflect.DoFnSignature.TimerFamilyDeclaration;

/** The states and timers that a DoFn declares. */
final class DeclaredState {
  private DeclaredState() {}

  static void addTo(KeptTransform kept, DoFn<?, ?> fn, DoFnSignature signature) {
    signature
        .stateDeclarations()
        .forEach(
            (id, declared) ->
                kept.states()
                    .put(
                        StateSelection.userState(id),
                        ((StateSpec<?>) read(declared.field(), fn)).match(new ToKept())));
    signature
        .timerDeclarations()
        .forEach(
            (id, declared) ->
                kept.timers()
                    .put(withoutPrefix(id, TimerDeclaration.PREFIX), domain(declared.field(), fn)));
    signature
        .timerFamilyDeclarations()
        .forEach(
            (id, declared) ->
                kept.timers()
                    .put(
                        withoutPrefix(id, TimerFamilyDeclaration.PREFIX),
                        domain(declared.field(), fn)));
  }

  /** The id as the user has given it. */
  private static String withoutPrefix(String id, String prefix) {
    return id.startsWith(prefix) ? id.substring(prefix.length()) : id;
  }

  private static String domain(Field field, DoFn<?, ?> fn) {
    return ((TimerSpec) read(field, fn)).getTimeDomain().name();
  }

  private static Object read(Field field, DoFn<?, ?> fn) {
    try {
      field.setAccessible(true);
      return field.get(fn);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("Expected to read " + field + " of a DoFn", e);
    }
  }

  /** Beam tells by calling back which kind a specification is of. */
  private static final class ToKept implements StateSpec.Cases<KeptState> {
    @Override
    public KeptState dispatchValue(Coder<?> valueCoder) {
      return new KeptState("VALUE", null, valueCoder);
    }

    @Override
    public KeptState dispatchBag(Coder<?> elementCoder) {
      return new KeptState("BAG", null, elementCoder);
    }

    @Override
    public KeptState dispatchOrderedList(Coder<?> elementCoder) {
      return new KeptState("ORDERED_LIST", null, elementCoder);
    }

    @Override
    public KeptState dispatchCombining(CombineFn<?, ?, ?> combineFn, Coder<?> accumCoder) {
      return new KeptState("COMBINING", null, accumCoder);
    }

    @Override
    public KeptState dispatchMap(Coder<?> keyCoder, Coder<?> valueCoder) {
      return new KeptState("MAP", keyCoder, valueCoder);
    }

    @Override
    public KeptState dispatchSet(Coder<?> elementCoder) {
      return new KeptState("SET", null, elementCoder);
    }

    @Override
    public KeptState dispatchMultimap(Coder<?> keyCoder, Coder<?> valueCoder) {
      return new KeptState("MULTIMAP", keyCoder, valueCoder);
    }
  }
}
