package dev.lintel.runner.control;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lintel.runner.checkpoint.claim.RunOwner;
import dev.lintel.runner.clock.Clock;
import dev.lintel.runner.clock.Secret;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a running job takes requests: HTTP on the loopback address. A request without the token is
 * refused before it is looked at.
 *
 * <p><i>Ownership:</i> thread-safe; has a few threads of its own, none of which ever waits for the
 * job. <i>Failure:</i> what goes wrong with a request is its answer, and never the job's matter.
 */
public final class ControlEndpoint implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ControlEndpoint.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int THREADS = 2;
  private static final int BACKLOG = 16;

  /** How long answers that are on their way when the job has ended may take. */
  private static final long LAST_ANSWERS_MILLIS = 2_000;

  private final HttpServer server;
  private final ExecutorService threads;
  private final ControlFolder.Entry entry;
  private final Clock clock;
  private final byte[] authorization;
  private final CompletableFuture<JobEnd> end = new CompletableFuture<>();
  private final Object lock = new Object();

  /** Requests that have not been answered. Guarded by the lock. */
  private int open;

  /** What a client is told. */
  record Reply(int status, Object body) {}

  /**
   * How the job has ended.
   *
   * @param error of a job that has failed
   */
  record JobEnd(String state, @Nullable String error) {}

  private ControlEndpoint(
      HttpServer server, ExecutorService threads, ControlFolder.Entry entry, Clock clock) {
    this.server = server;
    this.threads = threads;
    this.entry = entry;
    this.clock = clock;
    this.authorization = ("Bearer " + entry.file().token()).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Takes a port, and tells where it is. Requests wait for {@link #serve}.
   *
   * @param job the name that it should be known as
   * @param port zero for any that is free
   * @throws IOException if the port is taken, or the folder can't be written
   */
  public static ControlEndpoint open(
      ControlFolder folder, String job, int port, RunOwner owner, Clock clock) throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    HttpServer server = HttpServer.create(address, BACKLOG);
    ExecutorService threads = threads(job);
    try {
      String token = Secret.random().next();
      ControlFile wanted = new ControlFile(job, server.getAddress().getPort(), token, owner);
      return new ControlEndpoint(server, threads, folder.register(wanted), clock);
    } catch (IOException | RuntimeException e) {
      server.stop(0);
      throw e;
    }
  }

  private static ExecutorService threads(String job) {
    return Executors.newFixedThreadPool(
        THREADS,
        work -> {
          Thread thread = new Thread(work, "lintel-" + job + "-control");
          thread.setDaemon(true);
          return thread;
        });
  }

  /** The name that the job is known as. */
  public String job() {
    return entry.file().job();
  }

  public int port() {
    return entry.file().port();
  }

  /** Begins to answer. */
  public void serve(ControlledJob job) {
    ControlRequests requests = new ControlRequests(job, end);
    server.createContext("/", exchange -> handle(exchange, requests));
    server.setExecutor(threads);
    server.start();
  }

  private void handle(HttpExchange exchange, ControlRequests requests) {
    synchronized (lock) {
      open++;
    }
    CompletableFuture<Reply> reply;
    try {
      reply =
          isAuthorized(exchange)
              ? requests.handle(exchange.getRequestMethod(), exchange.getRequestURI())
              : CompletableFuture.completedFuture(
                  ControlRequests.error(401, "Expected the job's token, but got none or another."));
    } catch (RuntimeException e) {
      reply = CompletableFuture.failedFuture(e);
    }
    CompletableFuture<?> unused =
        reply.whenComplete((good, failure) -> answerLater(exchange, good, failure));
  }

  private boolean isAuthorized(HttpExchange exchange) {
    String given = exchange.getRequestHeaders().getFirst("Authorization");
    return given != null
        && MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), authorization);
  }

  /** Not by the thread that tells the answer: it may be the job's. */
  private void answerLater(
      HttpExchange exchange, @Nullable Reply good, @Nullable Throwable failure) {
    Reply reply = good != null ? good : ControlRequests.error(failure);
    threads.execute(() -> answer(exchange, reply));
  }

  private void answer(HttpExchange exchange, Reply reply) {
    try (exchange) {
      byte[] body = MAPPER.writeValueAsBytes(reply.body());
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(reply.status(), body.length);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    } catch (IOException e) {
      LOG.debug("A client of job {} has not waited for its answer", job(), e);
    } finally {
      synchronized (lock) {
        open--;
        lock.notifyAll();
      }
    }
  }

  /**
   * Tells those who wait for the end of the job, and closes.
   *
   * @param error of a job that has failed
   */
  public void jobEnded(String state, @Nullable String error) {
    end.complete(new JobEnd(state, error));
    close();
  }

  @Override
  public void close() {
    try {
      entry.remove();
      awaitAnswers();
    } catch (IOException e) {
      LOG.warn("Expected to remove {}, but: {}", entry.path(), e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      server.stop(0);
      threads.shutdown();
    }
  }

  private void awaitAnswers() throws InterruptedException {
    long endMillis = clock.millis() + LAST_ANSWERS_MILLIS;
    synchronized (lock) {
      for (long left = LAST_ANSWERS_MILLIS;
          open > 0 && left > 0;
          left = endMillis - clock.millis()) {
        lock.wait(left);
      }
    }
  }
}
