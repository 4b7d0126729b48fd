package dev.lintel.runner.control;

import dev.lintel.runner.control.ControlEndpoint.JobEnd;
import dev.lintel.runner.control.ControlEndpoint.Reply;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * What each request asks of the job, and how it is answered:
 *
 * <pre>
 * GET  /status                    a {@link JobStatus}
 * POST /checkpoint                {"checkpoint": number}, when it is complete
 * POST /savepoint[?path=FOLDER]   {"savepoint": folder}, when it is complete
 * POST /stop[?savepoint[=FOLDER]] {"state": state[, "savepoint": folder]}, when the job has ended
 * POST /drain                     {"state": state}, when the job has ended
 * POST /cancel                    {"state": state}, when the job has ended
 * </pre>
 *
 * An error is {@code {"error": text for the user}}. A job that has failed at its end has both.
 */
final class ControlRequests {
  private final ControlledJob job;
  private final CompletableFuture<JobEnd> end;

  ControlRequests(ControlledJob job, CompletableFuture<JobEnd> end) {
    this.job = job;
    this.end = end;
  }

  CompletableFuture<Reply> handle(String method, URI uri) {
    String command = uri.getPath();
    boolean asks = command.equals("/status");
    if (!method.equals(asks ? "GET" : "POST")) {
      return CompletableFuture.completedFuture(
          error(
              405, "Expected " + (asks ? "GET" : "POST") + " for " + command + ", but " + method));
    }
    Map<String, String> parameters = parameters(uri.getRawQuery());
    return switch (command) {
      case "/status" -> job.status().thenApply(status -> new Reply(200, status));
      case "/checkpoint" -> job.checkpoint().thenApply(number -> good("checkpoint", number));
      case "/savepoint" ->
          job.savepoint(folder(parameters.get("path"))).thenApply(path -> good("savepoint", path));
      case "/stop" -> stop(parameters);
      case "/drain" -> {
        job.drain();
        yield end.thenApply(ended -> ended(ended, null));
      }
      case "/cancel" -> {
        job.cancel();
        yield end.thenApply(ended -> ended(ended, null));
      }
      default ->
          CompletableFuture.completedFuture(
              error(
                  404,
                  "Expected status, checkpoint, savepoint, stop, drain or cancel, but " + command));
    };
  }

  private CompletableFuture<Reply> stop(Map<String, String> parameters) {
    if (!parameters.containsKey("savepoint")) {
      return job.stop().thenCompose(done -> end).thenApply(ended -> ended(ended, null));
    }
    return job.stopWithSavepoint(folder(parameters.get("savepoint")))
        .thenCompose(path -> end.thenApply(ended -> ended(ended, path)));
  }

  private static @Nullable String folder(@Nullable String parameter) {
    return parameter == null || parameter.isEmpty() ? null : parameter;
  }

  private static Reply good(String name, Object value) {
    return new Reply(200, Map.of(name, value));
  }

  private static Reply ended(JobEnd end, @Nullable String savepoint) {
    Map<String, String> body = new HashMap<>();
    body.put("state", end.state());
    if (savepoint != null) {
      body.put("savepoint", savepoint);
    }
    if (end.error() != null) {
      body.put("error", end.error());
    }
    return new Reply(200, body);
  }

  static Reply error(int status, String text) {
    return new Reply(status, Map.of("error", text));
  }

  /** What the job could not do. */
  static Reply error(@Nullable Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    String text = cause == null ? null : cause.getMessage();
    return error(409, text == null ? String.valueOf(cause) : text);
  }

  private static Map<String, String> parameters(@Nullable String query) {
    Map<String, String> parameters = new HashMap<>();
    if (query != null) {
      for (String each : query.split("&")) {
        int equals = each.indexOf('=');
        String name = equals < 0 ? each : each.substring(0, equals);
        String value = equals < 0 ? "" : each.substring(equals + 1);
        parameters.put(decode(name), decode(value));
      }
    }
    return parameters;
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
