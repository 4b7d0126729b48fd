package dev.lintel.runner.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lintel.state.layout.ByteReader;
import dev.lintel.state.layout.ByteWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.beam.sdk.coders.BigEndianLongCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.coders.InstantCoder;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.LengthPrefixCoder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.MapCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.RowCoder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.extensions.avro.coders.AvroCoder;
import org.apache.beam.sdk.schemas.JavaFieldSchema;
import org.apache.beam.sdk.schemas.NoSuchSchemaException;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.schemas.SchemaCoder;
import org.apache.beam.sdk.schemas.SchemaRegistry;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;
import org.apache.beam.sdk.schemas.logicaltypes.EnumerationType;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which changes of a coder are none, which can be read, and which are refused, and why. */
class CoderChangeTest {
  private static final Schema PERSON =
      Schema.builder().addStringField("name").addInt32Field("age").build();
  private static final Schema WITH_CITY =
      Schema.builder()
          .addNullableField("city", FieldType.STRING)
          .addInt32Field("age")
          .addStringField("name")
          .build();
  private static final Schema NAME_ONLY = Schema.builder().addStringField("name").build();
  private static final Row ADA = Row.withSchema(PERSON).addValues("Ada", 36).build();
  private static final Row ADA_WITH_CITY =
      Row.withSchema(WITH_CITY).addValues(null, 36, "Ada").build();

  private static final org.apache.avro.Schema AVRO_OLD =
      SchemaBuilder.record("Person").fields().requiredString("name").requiredInt("age").endRecord();
  private static final org.apache.avro.Schema AVRO_NEW =
      SchemaBuilder.record("Person")
          .fields()
          .requiredLong("age")
          .name("city")
          .type()
          .stringType()
          .stringDefault("Paris")
          .requiredString("name")
          .endRecord();

  /** A coder that says nothing of itself but its fields. */
  static final class ScaledCoder extends CustomCoder<Long> {
    private static final long serialVersionUID = 1L;

    private final int scale;
    private final Coder<Long> longs;
    private final Map<String, List<Integer>> table;
    private final transient Object cache = new Object();

    ScaledCoder(int scale, Coder<Long> longs, Map<String, List<Integer>> table) {
      this.scale = scale;
      this.longs = longs;
      this.table = table;
    }

    @Override
    public void encode(Long value, OutputStream out) throws IOException {
      longs.encode(value * scale * (table.size() + 1), out);
    }

    @Override
    public Long decode(InputStream in) throws IOException {
      return longs.decode(in) / scale / (table.size() + 1);
    }

    @Override
    public String toString() {
      return cache.toString();
    }
  }

  static Stream<Arguments> same() {
    return Stream.of(
        Arguments.of(VarIntCoder.of(), VarIntCoder.of()),
        Arguments.of(
            KvCoder.of(StringUtf8Coder.of(), ListCoder.of(VarIntCoder.of())),
            KvCoder.of(StringUtf8Coder.of(), ListCoder.of(VarIntCoder.of()))),
        Arguments.of(SerializableCoder.of(String.class), SerializableCoder.of(String.class)),
        Arguments.of(RowCoder.of(PERSON), RowCoder.of(copy(PERSON))),
        Arguments.of(
            new ScaledCoder(2, VarLongCoder.of(), Map.of("a", List.of(1), "b", List.of())),
            new ScaledCoder(2, VarLongCoder.of(), Map.of("b", List.of(), "a", List.of(1)))),
        Arguments.of(AvroCoder.of(AVRO_OLD), AvroCoder.of(AVRO_OLD)));
  }

  private static Schema copy(Schema schema) {
    return Schema.builder().addFields(schema.getFields()).build();
  }

  @ParameterizedTest
  @MethodSource("same")
  void equalCodersAreTheSame(Coder<?> old, Coder<?> now) {
    assertThat(change(old, now).isSame()).isTrue();
  }

  static Stream<Arguments> refused() {
    Schema longAge = Schema.builder().addStringField("name").addInt64Field("age").build();
    Schema required = Schema.builder().addFields(PERSON.getFields()).addStringField("city").build();
    Schema nested = Schema.builder().addArrayField("all", FieldType.row(PERSON)).build();
    Schema nestedLong = Schema.builder().addArrayField("all", FieldType.row(longAge)).build();
    Schema nullable = Schema.builder().addNullableField("name", FieldType.STRING).build();
    Schema yesNo = enumeration("yes", "no");
    Schema noYes = enumeration("no", "yes");
    org.apache.avro.Schema noDefault =
        SchemaBuilder.record("Person").fields().requiredString("street").endRecord();
    return Stream.of(
        Arguments.of(VarIntCoder.of(), VarLongCoder.of(), "can't read"),
        Arguments.of(
            ListCoder.of(VarIntCoder.of()), IterableCoder.of(VarIntCoder.of()), "can't read"),
        Arguments.of(ListCoder.of(VarIntCoder.of()), ListCoder.of(VarLongCoder.of()), "can't read"),
        Arguments.of(SerializableCoder.of(String.class), SerializableCoder.of(Long.class), "Java"),
        Arguments.of(
            new ScaledCoder(2, VarLongCoder.of(), Map.of()),
            new ScaledCoder(3, VarLongCoder.of(), Map.of()),
            "its fields"),
        Arguments.of(
            new ScaledCoder(2, VarLongCoder.of(), Map.of()),
            new ScaledCoder(2, BigEndianLongCoder.of(), Map.of()),
            "its fields"),
        Arguments.of(
            RowCoder.of(PERSON), RowCoder.of(longAge), "field 'age' was INT32, and is INT64"),
        Arguments.of(
            RowCoder.of(PERSON), RowCoder.of(required), "field 'city' is new, and not nullable"),
        Arguments.of(
            RowCoder.of(nullable),
            RowCoder.of(NAME_ONLY),
            "field 'name' was nullable, and is not any more"),
        Arguments.of(
            RowCoder.of(nested),
            RowCoder.of(nestedLong),
            "field 'all[].age' was INT32, and is INT64"),
        Arguments.of(RowCoder.of(yesNo), RowCoder.of(noYes), "field 'answer' was"),
        Arguments.of(RowCoder.of(PERSON), StringUtf8Coder.of(), "can't read"),
        Arguments.of(AvroCoder.of(AVRO_OLD), AvroCoder.of(noDefault), "READER_FIELD_MISSING"),
        Arguments.of(
            LengthPrefixCoder.of(RowCoder.of(PERSON)),
            LengthPrefixCoder.of(RowCoder.of(WITH_CITY)),
            "inside a org.apache.beam.sdk.coders.LengthPrefixCoder"));
  }

  private static Schema enumeration(String... values) {
    return Schema.builder()
        .addField("answer", FieldType.logicalType(EnumerationType.create(values)))
        .build();
  }

  @ParameterizedTest
  @MethodSource("refused")
  void aCoderThatCanNotReadTheOldOneIsRefused(Coder<?> old, Coder<?> now, String why) {
    assertThat(change(old, now).refusal()).contains(why);
  }

  static Stream<Arguments> migrated() {
    Schema deep =
        Schema.builder()
            .addMapField("byId", FieldType.INT64, FieldType.row(PERSON))
            .addIterableField("all", FieldType.row(PERSON))
            .build();
    Schema deepWithCity =
        Schema.builder()
            .addIterableField("all", FieldType.row(WITH_CITY))
            .addMapField("byId", FieldType.INT64, FieldType.row(WITH_CITY))
            .build();
    RowCoder old = RowCoder.of(PERSON);
    RowCoder now = RowCoder.of(WITH_CITY);
    return Stream.of(
        Arguments.of(old, now, ADA, ADA_WITH_CITY),
        Arguments.of(
            old, RowCoder.of(NAME_ONLY), ADA, Row.withSchema(NAME_ONLY).addValue("Ada").build()),
        Arguments.of(
            RowCoder.of(deep),
            RowCoder.of(deepWithCity),
            Row.withSchema(deep).addValues(Map.of(1L, ADA), List.of(ADA)).build(),
            Row.withSchema(deepWithCity)
                .addValues(List.of(ADA_WITH_CITY), Map.of(1L, ADA_WITH_CITY))
                .build()),
        Arguments.of(
            KvCoder.of(StringUtf8Coder.of(), ListCoder.of(NullableCoder.of(old))),
            KvCoder.of(StringUtf8Coder.of(), ListCoder.of(NullableCoder.of(now))),
            KV.of("k", list(ADA, null)),
            KV.of("k", list(ADA_WITH_CITY, null))),
        Arguments.of(
            MapCoder.of(VarIntCoder.of(), old),
            MapCoder.of(VarIntCoder.of(), now),
            Map.of(1, ADA),
            Map.of(1, ADA_WITH_CITY)),
        Arguments.of(
            WindowedValues.getFullCoder(old, GlobalWindow.Coder.INSTANCE),
            WindowedValues.getFullCoder(now, GlobalWindow.Coder.INSTANCE),
            windowed(ADA),
            windowed(ADA_WITH_CITY)),
        Arguments.of(
            KvCoder.of(AvroCoder.of(AVRO_OLD), InstantCoder.of()),
            KvCoder.of(AvroCoder.of(AVRO_NEW), InstantCoder.of()),
            KV.of(avro(AVRO_OLD, 36), new Instant(5)),
            KV.of(avro(AVRO_NEW, 36L), new Instant(5))));
  }

  private static List<Row> list(Row first, Row second) {
    List<Row> list = new ArrayList<>();
    list.add(first);
    list.add(second);
    return list;
  }

  private static WindowedValue<Row> windowed(Row row) {
    return WindowedValues.of(
        row, new Instant(7), GlobalWindow.INSTANCE, PaneInfo.ON_TIME_AND_ONLY_FIRING);
  }

  private static GenericRecord avro(org.apache.avro.Schema schema, Object age) {
    return new GenericRecordBuilder(schema).set("name", "Ada").set("age", age).build();
  }

  @ParameterizedTest
  @MethodSource("migrated")
  void valuesOfAGrownSchemaAreRewritten(
      Coder<Object> old, Coder<Object> now, Object before, Object after) throws IOException {
    CoderChange change = change(old, now);
    assertThat(change.refusal()).isNull();
    ByteWriter stored = new ByteWriter();
    old.encode(before, stored);
    old.encode(before, stored);
    ByteReader in = new ByteReader(stored.toBytes());
    for (int i = 0; i < 2; i++) {
      ByteWriter out = new ByteWriter();
      change.migration(now).migrate(in, out);
      assertThat(now.decode(new ByteReader(out.toBytes()))).isEqualTo(after);
    }
    assertThat(in.remaining()).isZero();
  }

  /** A class with a schema, as the values of a state mostly are. */
  @DefaultSchema(JavaFieldSchema.class)
  public static final class Person {
    public String name = "";
    public int age;
  }

  @Test
  void aClassIsReadFromRowsOfAnOlderSchema() throws NoSuchSchemaException, IOException {
    SchemaCoder<Person> now = SchemaRegistry.createDefault().getSchemaCoder(Person.class);
    Schema older =
        Schema.builder().addStringField("nick").addInt32Field("age").addStringField("name").build();
    CoderChange change = change(RowCoder.of(older), now);
    ByteWriter out = new ByteWriter();
    RowCoder.of(older).encode(Row.withSchema(older).addValues("A", 36, "Ada").build(), out);
    ByteWriter migrated = new ByteWriter();
    change.migration(now).migrate(new ByteReader(out.toBytes()), migrated);
    Person person = now.decode(new ByteReader(migrated.toBytes()));
    assertThat(person.name).isEqualTo("Ada");
    assertThat(person.age).isEqualTo(36);
  }

  @Test
  void peopleCanReadWhatACoderIs() {
    assertThat(text(KvCoder.of(StringUtf8Coder.of(), VarIntCoder.of())))
        .isEqualTo("KvCoder(StringUtf8Coder,VarIntCoder)");
    assertThat(text(RowCoder.of(WITH_CITY)))
        .isEqualTo("schema {city STRING?, age INT32, name STRING}");
    assertThat(text(SerializableCoder.of(String.class)))
        .isEqualTo("SerializableCoder(java.lang.String)");
    assertThat(text(new ScaledCoder(2, VarLongCoder.of(), Map.of())))
        .contains("ScaledCoder")
        .contains("\"scale\":\"2\"")
        .doesNotContain("cache");
  }

  private static String text(Coder<?> coder) {
    return CoderDescription.text(CoderDescription.of(coder));
  }

  /** Through the text that a checkpoint has. */
  private static CoderChange change(Coder<?> old, Coder<?> now) {
    ObjectMapper json = new ObjectMapper();
    try {
      JsonNode stored = json.readTree(json.writeValueAsString(CoderDescription.of(old)));
      return CoderChange.between(stored, now);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
