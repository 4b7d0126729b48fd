package dev.lintel.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * A real Kafka broker (KRaft: broker and controller in one) in a process of its own, on the
 * loopback device, with its data in a given folder. It runs with the class path of the process that
 * starts it, which needs {@code org.apache.kafka:kafka_2.13}, and ends with that process, even if
 * that is killed.
 *
 * <p>Ownership: used by one thread.
 */
public final class KafkaBroker implements AutoCloseable {
  private static final int START_SECONDS_MAX = 60;
  private static final int START_ATTEMPTS_MAX = 3;

  /** It comes up soon, and leaves the memory to the tests. */
  private static final List<String> SMALL = List.of("-Xmx384m", "-XX:TieredStopAtLevel=1");

  private static final String CLUSTER_ID = "bGludGVsLWludGVsLWxpbg";

  private final Path folder;
  private final List<String> jvmOptions;
  private final int port;
  private final int controllerPort;
  private Process process;

  private KafkaBroker(Path folder, List<String> jvmOptions, int port, int controllerPort)
      throws IOException {
    this.folder = folder;
    this.jvmOptions = List.copyOf(jvmOptions);
    this.port = port;
    this.controllerPort = controllerPort;
    Files.createDirectories(folder);
    Files.write(folder.resolve("server.properties"), properties());
    this.process = startProcess();
  }

  /**
   * Starts a broker and returns when it serves.
   *
   * @param folder for its data and its log ({@code broker.log}); is created if it is not there
   * @throws IllegalStateException if it does not come up; the message has the end of its log
   */
  public static KafkaBroker start(Path folder) throws IOException, InterruptedException {
    return start(folder, SMALL);
  }

  /**
   * As {@link #start(Path)}, but for more than tests ask of it.
   *
   * @param jvmOptions of its process
   */
  public static KafkaBroker start(Path folder, List<String> jvmOptions)
      throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      // Another process may take a port between the search for it and the broker's own bind.
      KafkaBroker broker =
          new KafkaBroker(folder.resolve("attempt-" + attempt), jvmOptions, freePort(), freePort());
      try {
        broker.awaitReady();
        return broker;
      } catch (IllegalStateException e) {
        broker.close();
        if (attempt == START_ATTEMPTS_MAX) {
          throw e;
        }
      }
    }
  }

  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  public void createTopic(String name, int partitions) throws InterruptedException {
    try (Admin admin = admin()) {
      await(
          admin
              .createTopics(List.of(new NewTopic(name, partitions, (short) 1)))
              .all()
              .toCompletionStage()
              .toCompletableFuture());
    }
  }

  /** Ends the broker at once, as {@code kill -9} does. Its data stay. */
  public void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** Starts the broker again after {@link #kill}: the same data, the same address. */
  public void restart() throws IOException, InterruptedException {
    if (process.isAlive()) {
      throw new IllegalStateException(
          "Expected a broker that was killed, but it runs (" + bootstrapServers() + ")");
    }
    process = startProcess();
    awaitReady();
  }

  @Override
  public void close() {
    kill();
  }

  private Process startProcess() throws IOException {
    Path log = folder.resolve("broker.log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            KafkaBrokerMain.class.getName(),
            folder.resolve("server.properties").toString(),
            folder.resolve("data").toString(),
            CLUSTER_ID));
    ProcessBuilder builder = new ProcessBuilder(command);
    // The broker writes a log4j folder where it stands.
    builder.directory(folder.toFile());
    return builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  private void awaitReady() throws InterruptedException {
    try (Admin admin = admin()) {
      CompletableFuture<Object> ready =
          admin
              .describeCluster()
              .nodes()
              .toCompletionStage()
              .toCompletableFuture()
              .thenApply(nodes -> nodes);
      CompletableFuture<Object> ended = process.onExit().thenApply(p -> p);
      await(CompletableFuture.anyOf(ready, ended));
      if (!ready.isDone()) {
        throw new IllegalStateException(
            "Expected the broker to serve, but it ended with status "
                + process.exitValue()
                + endOfLog());
      }
    }
  }

  private void await(CompletableFuture<?> future) throws InterruptedException {
    try {
      future.get(START_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(
          "Expected an answer of the broker at " + bootstrapServers() + ", but: " + e + endOfLog(),
          e);
    }
  }

  private Admin admin() {
    return Admin.create(
        Map.of(
            AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
            bootstrapServers(),
            AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
            START_SECONDS_MAX * 1_000,
            AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
            200));
  }

  private String endOfLog() {
    try {
      List<String> lines = Files.readAllLines(folder.resolve("broker.log"));
      return "\n" + String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> properties() {
    return List.of(
        "process.roles=broker,controller",
        "node.id=1",
        "controller.quorum.voters=1@127.0.0.1:" + controllerPort,
        "listeners=PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort,
        "advertised.listeners=PLAINTEXT://127.0.0.1:" + port,
        "controller.listener.names=CONTROLLER",
        "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs=" + folder.resolve("data"),
        // Records of any age stay: tests use fixed times.
        "log.retention.ms=-1",
        "auto.create.topics.enable=false",
        "offsets.topic.replication.factor=1",
        "offsets.topic.num.partitions=1",
        "transaction.state.log.replication.factor=1",
        "transaction.state.log.min.isr=1",
        "transaction.state.log.num.partitions=1",
        // How often it looks for transactions that are open for too long.
        "transaction.abort.timed.out.transaction.cleanup.interval.ms=500",
        "group.initial.rebalance.delay.ms=0");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
