package dev.lintel.translation.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.junit.jupiter.api.Test;

/** Names of coders and what a plan without a stage looks like; whole plans are in PlanTextTest. */
final class PlanPrinterTest {
  @Test
  void anEmptyPlan() {
    ExecutionPlan empty = new ExecutionPlan(List.of(), List.of());
    assertThat(empty.toString()).isEqualTo("plan: 0 stages, 0 exchanges");
  }

  @Test
  void codersAreNamedByTheirClassesAndParts() {
    assertThat(CoderNames.of(KvCoder.of(StringUtf8Coder.of(), IterableCoder.of(VarIntCoder.of()))))
        .isEqualTo("KvCoder(StringUtf8Coder,IterableCoder(VarIntCoder))");
    assertThat(CoderNames.of(SerializableCoder.of(String.class)))
        .isEqualTo("SerializableCoder(String)");
  }
}
