package dev.lintel.validates;

/**
 * What became of one test of the suite.
 *
 * @param className the test's class, with {@code $} before a nested one
 * @param testName the method, with the parameters' index where there is one; the class name again
 *     if the class failed before its first test
 * @param status how it ended
 * @param message the first line of the failure's message, empty for a test that passed
 */
public record TestResult(String className, String testName, Status status, String message) {

  /** How a test ended. Surefire's "error" and "failure" are both {@link #FAILED}. */
  public enum Status {
    PASSED,
    FAILED,
    SKIPPED
  }

  /** The name under which known failures and categories refer to the test. */
  public String id() {
    return className + "#" + testName;
  }

  /** The method alone, without the index of a parameterized test. */
  public String methodId() {
    int index = testName.indexOf('[');
    return className + "#" + (index < 0 ? testName : testName.substring(0, index));
  }
}
