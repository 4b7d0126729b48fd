package dev.lintel.benchmarks.curves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lintel.benchmarks.curves.Curve.Axis;
import dev.lintel.benchmarks.curves.Scales.Scale;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ScalesTest {
  private static final Axis LINEAR = Axis.linear("");
  private static final Axis LOGARITHMIC = Axis.logarithmic("");

  @Test
  void equalRatiosHaveEqualLengthsOnALogarithmicScale() {
    Scale scale = Scales.of(LOGARITHMIC, List.of(1e3, 1e7));
    assertThat(scale.from()).isEqualTo(1e3);
    assertThat(scale.to()).isCloseTo(1e7, within(1e-3));
    assertThat(scale.ticks()).hasSize(5);
    for (int i = 0; i < 5; i++) {
      assertThat(scale.at(scale.ticks().get(i))).isCloseTo(i / 4.0, within(1e-9));
    }
  }

  @Test
  void fewDecadesHaveMarksBetween() {
    Scale scale = Scales.of(LOGARITHMIC, List.of(230.0, 1_700.0));
    assertThat(scale.ticks()).hasSize(4);
    assertThat(scale.ticks().get(0)).isCloseTo(200, within(1e-9));
    assertThat(scale.ticks().get(3)).isCloseTo(2_000, within(1e-9));
  }

  @Test
  void aLinearScaleBeginsWithZeroAndHasRoundMarks() {
    Scale scale = Scales.of(LINEAR, List.of(1.0, 2.0));
    assertThat(scale.ticks()).containsExactly(0.0, 0.5, 1.0, 1.5, 2.0);
    assertThat(scale.at(1)).isEqualTo(0.5);
    assertThat(Scales.of(LINEAR, List.of(7.3e6)).to()).isEqualTo(8e6);
  }

  @Test
  void whatIsOutsideStandsAtTheEnds() {
    Scale scale = Scales.of(LOGARITHMIC, List.of(0.0, 5.0, 40.0));
    assertThat(scale.from()).isEqualTo(5);
    assertThat(scale.at(0)).isZero();
    assertThat(scale.at(1e9)).isEqualTo(1);
  }

  @Test
  void oneValueOrNoneHasAScaleToo() {
    for (Axis axis : List.of(LINEAR, LOGARITHMIC)) {
      for (List<Double> values :
          List.of(List.<Double>of(), List.of(0.0), List.of(10.0), List.of(3.0))) {
        Scale scale = Scales.of(axis, values);
        assertThat(scale.to()).isGreaterThan(scale.from());
        assertThat(scale.ticks()).isNotEmpty();
      }
    }
  }

  @Test
  void everyScaleHoldsItsValuesAndHasAFewMarks() {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 2_000; i++) {
      double low = Math.pow(10, random.nextDouble(-3, 9));
      double high = low * Math.pow(10, random.nextDouble(0, 6));
      for (Axis axis : List.of(LINEAR, LOGARITHMIC)) {
        Scale scale = Scales.of(axis, List.of(low, high));
        String at = "seed " + seed + ": " + low + " to " + high + ", " + scale;
        assertThat(scale.from()).as(at).isLessThanOrEqualTo(low * (1 + 1e-9));
        assertThat(scale.to()).as(at).isGreaterThanOrEqualTo(high * (1 - 1e-9));
        assertThat(scale.ticks()).as(at).isSorted().hasSizeBetween(1, 10);
        assertThat(scale.ticks()).as(at).allMatch(each -> Double.isFinite(each) && each >= 0);
      }
    }
  }

  @Test
  void labelsAreShort() {
    assertThat(Scales.label(1e7)).isEqualTo("10 M");
    assertThat(Scales.label(2.5e6)).isEqualTo("2.5 M");
    assertThat(Scales.label(200_000)).isEqualTo("200 k");
    assertThat(Scales.label(20)).isEqualTo("20");
    assertThat(Scales.label(0.5)).isEqualTo("0.5");
    assertThat(Scales.label(0)).isEqualTo("0");
  }
}
