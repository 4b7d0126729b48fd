package dev.lintel.runner.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.runner.checkpoint.claim.ThisMachine;
import dev.lintel.runner.clock.Clock;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class ControlEndpointTest {
  private static final JobStatus STATUS =
      new JobStatus("job", "RUNNING", 7, "now", 5, 1, null, List.of(), null);

  @TempDir Path temporary;
  private final FakeJob job = new FakeJob();
  private final HttpClient client = HttpClient.newHttpClient();
  private ControlFolder folder;
  private ControlEndpoint endpoint;

  /** Does what the test says. */
  private static final class FakeJob implements ControlledJob {
    private final CompletableFuture<String> savepoint = new CompletableFuture<>();
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();
    private final CountDownLatch asked = new CountDownLatch(1);
    private @Nullable String path = "none";

    @Override
    public CompletableFuture<JobStatus> status() {
      return CompletableFuture.completedFuture(STATUS);
    }

    @Override
    public CompletableFuture<Long> checkpoint() {
      return CompletableFuture.failedFuture(
          new CompletionException(new IllegalStateException("it takes none")));
    }

    @Override
    public CompletableFuture<String> savepoint(@Nullable String wanted) {
      path = wanted;
      return savepoint;
    }

    @Override
    public CompletableFuture<Void> stop() {
      asked.countDown();
      return stopped;
    }

    @Override
    public CompletableFuture<String> stopWithSavepoint(@Nullable String wanted) {
      path = wanted;
      asked.countDown();
      return savepoint;
    }

    @Override
    public void drain() {
      asked.countDown();
    }

    @Override
    public void cancel() {
      throw new IllegalStateException("a bug");
    }
  }

  @BeforeEach
  void open() throws Exception {
    ThisMachine machine = new ThisMachine();
    folder = new ControlFolder(temporary.resolve("control"), machine);
    endpoint = ControlEndpoint.open(folder, "job", 0, machine.newRun(0), Clock.system());
    endpoint.serve(job);
  }

  @AfterEach
  void close() {
    endpoint.close();
  }

  private HttpRequest request(String method, String path, String token) {
    String host = InetAddress.getLoopbackAddress().getHostAddress();
    return HttpRequest.newBuilder(URI.create("http://" + host + ":" + endpoint.port() + path))
        .method(method, BodyPublishers.noBody())
        .header("Authorization", "Bearer " + token)
        .build();
  }

  private String token() throws Exception {
    return folder.jobs().get(0).token();
  }

  private HttpResponse<String> ask(String method, String path) throws Exception {
    return client.send(request(method, path, token()), BodyHandlers.ofString());
  }

  private CompletableFuture<HttpResponse<String>> askLater(String path) throws Exception {
    return client.sendAsync(request("POST", path, token()), BodyHandlers.ofString());
  }

  @Test
  void whoHasNoTokenIsRefused() throws Exception {
    HttpResponse<String> refused =
        client.send(request("POST", "/drain", "guessed"), BodyHandlers.ofString());

    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(refused.body()).contains("Expected the job's token");
    assertThat(job.asked.getCount()).as("requests that are to come").isEqualTo(1);
    assertThat(token()).hasSizeGreaterThan(20);
    assertThat(ask("GET", "/status").body()).contains("\"state\":\"RUNNING\"");
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /status, 405, Expected GET",
    "GET, /stop, 405, Expected POST",
    "POST, /fly, 404, Expected status",
    "POST, /checkpoint, 409, it takes none",
    "POST, /cancel, 409, a bug",
  })
  void whatCannotBeDoneIsSaid(String method, String path, int status, String error)
      throws Exception {
    HttpResponse<String> answer = ask(method, path);

    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.body()).contains("\"error\":\"", error);
  }

  @Test
  void aSavepointIsAnsweredWhenItIsThere() throws Exception {
    CompletableFuture<HttpResponse<String>> answer =
        askLater("/savepoint?path=%2Fmy+folder%2F%26%25");
    job.savepoint.complete("/the/folder");

    assertThat(answer.get(30, TimeUnit.SECONDS).body())
        .isEqualTo("{\"savepoint\":\"/the/folder\"}");
    assertThat(job.path).isEqualTo("/my folder/&%");
    assertThat(askLater("/savepoint").get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    assertThat(job.path).as("if none is named").isNull();
  }

  @Test
  void whoWaitsForTheEndIsToldHowItWas() throws Exception {
    CompletableFuture<HttpResponse<String>> stopped = askLater("/stop?savepoint");
    job.asked.await();
    job.savepoint.complete("/last");
    endpoint.jobEnded("FAILED", "a sink");

    HttpResponse<String> answer = stopped.get(30, TimeUnit.SECONDS);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body())
        .contains("\"savepoint\":\"/last\"", "\"state\":\"FAILED\"", "\"error\":\"a sink\"");
    assertThat(folder.jobs()).as("running jobs").isEmpty();
  }

  @Test
  void aDrainIsAnsweredAtTheEnd() throws Exception {
    CompletableFuture<HttpResponse<String>> drained = askLater("/drain");
    job.asked.await();
    assertThat(drained).isNotDone();
    endpoint.jobEnded("DONE", null);

    assertThat(drained.get(30, TimeUnit.SECONDS).body()).isEqualTo("{\"state\":\"DONE\"}");
  }
}
