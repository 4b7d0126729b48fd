package dev.lintel.benchmarks.nexmark;

import dev.lintel.benchmarks.source.Chance;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.Coder;

/**
 * Somebody who has registered, and may sell and bid.
 *
 * @param padding makes it as large as a person is on average
 */
record Person(
    long id,
    String name,
    String email,
    String creditCard,
    String city,
    String state,
    long millis,
    String padding)
    implements Event {
  static final Coder<Person> CODER = new PersonCoder();

  @Override
  public long digest() {
    return Chance.mix(id, name.hashCode(), Chance.mix(millis, padding.length()));
  }

  private static final class PersonCoder extends Wire<Person> {
    private static final long serialVersionUID = 1L;

    @Override
    public void encode(Person person, OutputStream out) throws IOException {
      number(person.id, out);
      text(person.name, out);
      text(person.email, out);
      text(person.creditCard, out);
      text(person.city, out);
      text(person.state, out);
      number(person.millis, out);
      text(person.padding, out);
    }

    @Override
    public Person decode(InputStream in) throws IOException {
      return new Person(
          number(in), text(in), text(in), text(in), text(in), text(in), number(in), text(in));
    }
  }
}
