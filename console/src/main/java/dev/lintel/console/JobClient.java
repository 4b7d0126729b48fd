package dev.lintel.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lintel.runner.control.ControlFile;
import dev.lintel.runner.control.JobStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Asks a running job. Requests wait as long as the job takes. <i>Failure:</i> {@link
 * ConsoleException} if the job can't do it, or has ended meanwhile.
 */
final class JobClient {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final ControlFile job;
  private final HttpClient client = HttpClient.newHttpClient();

  JobClient(ControlFile job) {
    this.job = job;
  }

  String name() {
    return job.job();
  }

  JobStatus status() {
    try {
      return MAPPER.treeToValue(statusTree(), JobStatus.class);
    } catch (JsonProcessingException e) {
      throw new ConsoleException("Expected the status of job " + name() + ", but can't read it", e);
    }
  }

  JsonNode statusTree() {
    return send("GET", "/status");
  }

  /** The number of the checkpoint. */
  long checkpoint() {
    return send("POST", "/checkpoint").path("checkpoint").asLong();
  }

  /**
   * The folder of the savepoint.
   *
   * @param path null: the job chooses
   */
  String savepoint(@Nullable String path) {
    String query = path == null ? "" : "?path=" + encoded(path);
    return send("POST", "/savepoint" + query).path("savepoint").asText();
  }

  /** Stops with a last checkpoint. */
  End stop() {
    return end("/stop");
  }

  /** As {@link #savepoint}. */
  End stopWithSavepoint(@Nullable String path) {
    return end("/stop?savepoint=" + (path == null ? "" : encoded(path)));
  }

  End drain() {
    return end("/drain");
  }

  End cancel() {
    return end("/cancel");
  }

  /**
   * How the job has ended.
   *
   * @param savepoint that was taken at the end, if one was asked for
   * @param error of a job that has failed
   */
  record End(String state, @Nullable String savepoint, @Nullable String error) {}

  private End end(String request) {
    JsonNode body = send("POST", request);
    return new End(
        body.path("state").asText(),
        body.has("savepoint") ? body.path("savepoint").asText() : null,
        body.has("error") ? body.path("error").asText() : null);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private JsonNode send(String method, String request) {
    String host = InetAddress.getLoopbackAddress().getHostAddress();
    HttpRequest asked =
        HttpRequest.newBuilder(URI.create("http://" + host + ":" + job.port() + request))
            .method(method, BodyPublishers.noBody())
            .header("Authorization", "Bearer " + job.token())
            .build();
    try {
      HttpResponse<String> answer = client.send(asked, BodyHandlers.ofString());
      JsonNode body = MAPPER.readTree(answer.body());
      if (answer.statusCode() != 200) {
        throw new ConsoleException(
            body.path("error").asText("Expected an answer, but " + answer.statusCode()));
      }
      return body;
    } catch (IOException e) {
      throw new ConsoleException(
          "Expected an answer of job " + name() + ", but it has ended meanwhile (" + e + ").", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConsoleException("Interrupted while waiting for job " + name(), e);
    }
  }
}
