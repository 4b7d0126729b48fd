package dev.lintel.faults.subject;

import dev.lintel.broker.KafkaBroker;
import dev.lintel.faults.input.Event;
import dev.lintel.faults.input.Rates;
import dev.lintel.faults.input.Text;
import dev.lintel.faults.outcome.DemandedResults;
import dev.lintel.faults.outcome.Effects;
import dev.lintel.faults.outcome.TopicReader;
import dev.lintel.faults.pipeline.KeyedResults;
import dev.lintel.faults.process.Halts;
import dev.lintel.faults.process.PipelineProcess;
import dev.lintel.faults.process.PipelineProcess.Command;
import dev.lintel.faults.process.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** {@link KeyedResults}: from Kafka to Kafka, with state of every kind between. */
public final class KafkaSubject implements Subject {
  private static final String EVENTS = "events";
  private static final String RATES = "rates";
  private static final String RESULTS = "results";
  private static final int EVENTS_PER_SECOND = 250;
  private static final int BALLAST_BYTES = 8_192;
  private static final long LOOK_MILLIS = 300;

  /** Later than any event: a year. */
  private static final long END_MILLIS = Event.FIRST_MILLIS + TimeUnit.DAYS.toMillis(365);

  private final long seed;
  private final Launch launch;
  private final KafkaBroker broker;
  private final InputTopic input;
  private final Production production = new Production(this::send, EVENTS_PER_SECOND);

  /** The first rate that has not been told. Owned by the producing thread until it has ended. */
  private long nextRate;

  /**
   * @param stateBytes how much state to have before it begins
   */
  public KafkaSubject(long seed, Launch launch, KafkaBroker broker, long stateBytes)
      throws InterruptedException {
    this.seed = seed;
    this.launch = launch;
    this.broker = broker;
    broker.createTopic(EVENTS, Event.PARTITIONS);
    broker.createTopic(RATES, 1);
    broker.createTopic(RESULTS, Event.PARTITIONS);
    this.input = new InputTopic(broker.bootstrapServers());
    for (long i = 0; i < stateBytes / BALLAST_BYTES; i++) {
      String key = "b" + i;
      sendEvent(key, Event.FIRST_MILLIS, Text.ballast(BALLAST_BYTES));
    }
    input.flush();
  }

  @Override
  public Command command() {
    return launch.command(
        KeyedResults.class.getName(),
        List.of(
            "--bootstrapServers=" + broker.bootstrapServers(),
            "--eventsTopic=" + EVENTS,
            "--ratesTopic=" + RATES,
            "--resultsTopic=" + RESULTS));
  }

  @Override
  public List<Place> places() {
    return List.of(Place.values());
  }

  @Override
  public void begin() {
    production.begin();
  }

  private void send(long id) {
    while (Rates.toldAtMillis(seed, nextRate) <= Event.latestMillis(id)) {
      sendRate(nextRate++);
    }
    Event event = Event.of(seed, id);
    sendEvent(event.key(), event.timeMillis(), Text.event(id, System.currentTimeMillis()));
  }

  private void sendEvent(String key, long timeMillis, String text) {
    input.send(new ProducerRecord<>(EVENTS, Event.partitionOf(key), timeMillis, key, text));
  }

  private void sendRate(long stretch) {
    String value = String.valueOf(Rates.valueOf(seed, stretch));
    input.send(new ProducerRecord<>(RATES, 0, Rates.startMillis(stretch), "", value));
  }

  @Override
  public @Nullable Recovery awaitNewElement(PipelineProcess process, long millis)
      throws InterruptedException {
    String line = process.await(Halts.FIRST, millis);
    return line == null
        ? null
        : new Recovery(process.ageMillis(), Long.parseLong(line.split(" ")[1]));
  }

  @Override
  public void awaitAllDone(PipelineProcess process, long millis) throws InterruptedException {
    production.end();
    for (long end = nextRate + 2; nextRate < end; ) {
      sendRate(nextRate++);
    }
    input.send(new ProducerRecord<>(RATES, 0, END_MILLIS, "", "0"));
    for (int i = 0; i < Event.PARTITIONS; i++) {
      input.send(new ProducerRecord<>(EVENTS, i, END_MILLIS, "x" + i, Text.END));
    }
    input.flush();
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    long demanded = demanded().size();
    Effects committed = new Effects();
    try (TopicReader results = reader(RESULTS)) {
      while (read(results, committed).size() < demanded
          && System.nanoTime() < deadline
          && process.staysAliveFor(LOOK_MILLIS)) {
        continue;
      }
    }
  }

  @Override
  public Effects.Comparison compare() {
    try (TopicReader results = reader(RESULTS)) {
      return demanded().compare(read(results, new Effects()));
    }
  }

  private static Effects read(TopicReader results, Effects committed) {
    results.read((key, value) -> committed.add(DemandedResults.effect(key, value)));
    return committed;
  }

  /**
   * What the input topic demands, as it is: a producer whose broker has been killed may have
   * written a record twice.
   */
  private Effects demanded() {
    List<Long> ids = new ArrayList<>();
    try (TopicReader events = reader(EVENTS)) {
      events.read(
          (key, text) -> {
            if (Text.isEvent(text)) {
              ids.add(Text.id(text));
            }
          });
    }
    if (ids.stream().distinct().count() != production.sent()) {
      throw new IllegalStateException(
          "Expected " + production.sent() + " events in the input, but there are " + ids.size());
    }
    return DemandedResults.of(seed, ids.stream().mapToLong(Long::longValue));
  }

  private TopicReader reader(String topic) {
    return new TopicReader(broker.bootstrapServers(), topic, Event.PARTITIONS);
  }

  @Override
  public void close() throws InterruptedException {
    production.end();
    input.close();
  }
}
