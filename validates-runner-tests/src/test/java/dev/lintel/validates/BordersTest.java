package dev.lintel.validates;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The borders between Lintel's modules and packages, and the calls that are banned in all of them.
 *
 * <p>It stands in this module because all others are on its class path.
 */
class BordersTest {

  private static final String TRANSLATION = "dev.lintel.translation..";
  private static final String STATE = "dev.lintel.state..";
  private static final String TIMERS = "dev.lintel.timers..";
  private static final String RUNNER = "dev.lintel.runner..";
  private static final String CLOCK = "dev.lintel.runner.clock..";

  /** Reads of a clock or of chance that no test could replay, as {@code Owner.method}. */
  private static final Set<String> HIDDEN_INPUTS =
      Set.of(
          name(System.class, "currentTimeMillis"),
          name(System.class, "nanoTime"),
          name(Math.class, "random"),
          name(Instant.class, "now"),
          name(Clock.class, "systemUTC"),
          name(UUID.class, "randomUUID"),
          name(ThreadLocalRandom.class, "current"),
          name(org.joda.time.Instant.class, "now"),
          name(org.joda.time.DateTime.class, "now"));

  private static JavaClasses lintel;

  @BeforeAll
  static void importClasses() {
    lintel =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(
                "dev.lintel.translation",
                "dev.lintel.state",
                "dev.lintel.timers",
                "dev.lintel.runner");
  }

  @Test
  void everyModuleIsOnTheClassPath() {
    for (String module : new String[] {TRANSLATION, STATE, TIMERS, RUNNER}) {
      assertThat(lintel.that(resideInAnyPackage(module))).as(module).isNotEmpty();
    }
  }

  @Test
  void translationKnowsNoOtherModuleNoThreadAndNoStore() {
    check(noDependency(TRANSLATION, STATE, TIMERS, RUNNER, "org.rocksdb.."));
    check(
        noClasses()
            .that()
            .resideInAPackage(TRANSLATION)
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(
                Thread.class,
                java.util.concurrent.Executor.class,
                java.util.concurrent.Executors.class,
                java.util.concurrent.CompletableFuture.class)
            .because("a plan is data: who runs it decides about threads"));
  }

  @Test
  void dependenciesBetweenModulesRunOneWay() {
    check(noDependency(STATE, TIMERS, RUNNER, TRANSLATION));
    check(noDependency(TIMERS, RUNNER, TRANSLATION));
  }

  /** NullAway checks marked packages only, so that a package without its mark would go unseen. */
  @Test
  void everyPackageIsNullMarked() {
    assertThat(lintel)
        .filteredOn(type -> !type.getPackage().isAnnotatedWith(NullMarked.class))
        .extracting(JavaClass::getName)
        .isEmpty();
  }

  @Test
  void rocksDbStaysInsideTheStateModule() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(STATE)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.rocksdb..")
            .because("another store must fit behind the same interface"));
  }

  @Test
  void beamsRunnerInternalsStayInThePackagesThatNeedThem() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages(
                STATE,
                TIMERS,
                "dev.lintel.runner.operator..",
                "dev.lintel.runner.sideinput..",
                "dev.lintel.runner.metrics..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.beam.runners.core..")
            .because("Beam moves these classes between releases (DESIGN, decision 11)"));
  }

  @Test
  void packagesFormNoCycles() {
    check(slices().matching("dev.lintel.(**)").should().beFreeOfCycles());
  }

  @Test
  void nothingSleepsOrKeepsThreadLocals() {
    check(
        noClasses()
            .should()
            .callMethodWhere(describe("it is Thread.sleep", call -> isSleep(call)))
            .because("only the loop around a task waits, and it parks"));
    check(noClasses().should().dependOnClassesThat().areAssignableTo(ThreadLocal.class));
  }

  @Test
  void clockAndChanceAreHandedIn() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(CLOCK)
            // What hands them in, and what a simulation can't replay: RocksDB has its own threads.
            .and()
            .doNotHaveFullyQualifiedName("dev.lintel.runner.job.ThreadHost")
            .and()
            .doNotHaveFullyQualifiedName("dev.lintel.state.store.RocksDbStore")
            .should()
            .accessTargetWhere(describe("it reads a clock or chance", BordersTest::isHiddenInput))
            .orShould()
            .dependOnClassesThat(unseededRandom())
            .because("a simulation must be able to replay every run from its seed"));
  }

  private static DescribedPredicate<JavaClass> unseededRandom() {
    return describe(
        "are java.util.Random or SecureRandom (take a SplittableRandom with a seed)",
        type ->
            type.isEquivalentTo(java.util.Random.class)
                || type.isEquivalentTo(java.security.SecureRandom.class));
  }

  private static boolean isSleep(JavaAccess<?> call) {
    return call.getTargetOwner().isEquivalentTo(Thread.class) && call.getName().equals("sleep");
  }

  private static boolean isHiddenInput(JavaAccess<?> access) {
    return HIDDEN_INPUTS.contains(access.getTargetOwner().getName() + "." + access.getName());
  }

  private static String name(Class<?> owner, String method) {
    return owner.getName() + "." + method;
  }

  private static ArchRule noDependency(String from, String... to) {
    return noClasses()
        .that()
        .resideInAPackage(from)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(to);
  }

  private static void check(ArchRule rule) {
    rule.check(lintel);
  }
}
