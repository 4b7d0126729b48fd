package dev.lintel.runner.compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** New names of transforms. */
class RenamesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "A=B | A | B",
        "A=B | A/x/y | B/x/y",
        "A=B | AB | AB",
        "A=B | C/A | C/A",
        "A=B | A.b/x | A.b/x",
        "A=B | A.output/GatherView | B.output/GatherView",
        "A=B | A.output/GatherView2 | B.output/GatherView2",
        "A=B | A/x.output/GatherView | B/x.output/GatherView",
        "A=B,A/x=C | A/x/y | C/y",
        "A/x=C,A=B | A/z | B/z",
        "A\\,1=B\\=2 | A,1 | B=2",
      })
  void aTransformAndWhatIsInItGetTheNewName(String option, String old, String now) {
    assertThat(Renames.parse(option).apply(old)).isEqualTo(now);
  }

  @Test
  void inputsAndCollectionsAreNamedByTheirTransforms() {
    Renames renames = Renames.parse("Read=Source,Sum=Total");
    assertThat(renames.applyToCollection("Read.out")).isEqualTo("Source.out");
    assertThat(renames.applyToCollection("Read/x.out")).isEqualTo("Source/x.out");
    assertThat(renames.applyToInput("Sum/GroupByKey < Read.out"))
        .isEqualTo("Total/GroupByKey < Source.out");
  }

  @Test
  void withoutRenamesEverythingKeepsItsName() {
    assertThat(Renames.parse(null).apply("A")).isEqualTo("A");
    assertThat(Renames.parse("").apply("A")).isEqualTo("A");
  }

  @ParameterizedTest
  @ValueSource(strings = {"A", "A=", "=B", "A=B=C", "A=B,", ","})
  void whatCanNotBeUnderstoodIsRefused(String option) {
    assertThatThrownBy(() -> Renames.parse(option))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--renames=old=new");
  }

  @Test
  void oneOldNameHasOneNewName() {
    assertThatThrownBy(() -> Renames.parse("A=B,A=C")).hasMessageContaining("'A' has 'B' and 'C'");
  }

  @Test
  void problemsAreNamed() {
    Set<String> stored = Set.of("A/x", "B");
    assertThat(Renames.parse("A=C").problems(stored, Set.of("C/x", "B"))).isEqualTo(List.of());
    assertThat(Renames.parse("D=C").problems(stored, Set.of("C/x")))
        .containsExactly("--renames: the checkpoint has no transform 'D'");
    // Applied by an earlier start.
    assertThat(Renames.parse("D=A").problems(stored, Set.of("A/x", "B"))).isEqualTo(List.of());
    assertThat(Renames.parse("A=C").problems(stored, Set.of("D/x")))
        .containsExactly("--renames: the pipeline has no transform 'C'");
    assertThat(Renames.parse("A/x=C,B=C").problems(stored, Set.of("C")))
        .singleElement(STRING)
        .startsWith("--renames: 'A/x' and 'B' of the checkpoint would both be 'C'");
    assertThat(Renames.parse("A/x=B").problems(stored, Set.of("B")))
        .singleElement(STRING)
        .startsWith("--renames: 'A/x' and 'B' of the checkpoint would both be 'B'")
        .endsWith("If the job has taken checkpoints under the new names, leave the renames out.");
  }

  /** The second start of the same command would bring them back. */
  @ParameterizedTest
  @ValueSource(strings = {"A=B,B=A", "X=A,A=B,B=C,C=A", "A=A"})
  void namesDoNotComeBackToThemselves(String option) {
    assertThatThrownBy(() -> Renames.parse(option))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("comes back to itself");
  }
}
