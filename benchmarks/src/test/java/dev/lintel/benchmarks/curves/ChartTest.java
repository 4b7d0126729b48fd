package dev.lintel.benchmarks.curves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lintel.benchmarks.curves.Chart.Dot;
import dev.lintel.benchmarks.curves.Chart.Line;
import dev.lintel.benchmarks.curves.Curve.Axis;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class ChartTest {
  private static final Axis X = Axis.logarithmic("keys");
  private static final Axis Y = Axis.logarithmic("elements per second");

  @Test
  void isWellFormedWhateverItsTexts() throws Exception {
    Document svg =
        parse(new Chart("a < b & \"c\" > d", X, Y, List.of(line("x & <y>", dot(1, 2)))).svg());
    assertThat(svg.getDocumentElement().getTagName()).isEqualTo("svg");
    assertThat(texts(svg)).contains("a < b & \"c\" > d", "x & <y>", "keys", "elements per second");
  }

  @Test
  void everyPointIsInsideTheFrame() throws Exception {
    Line line =
        line("line", dot(1e3, 1e6), new Dot(1e5, 4e5, 1e5, 7e6), dot(1e7, 0), dot(1e4, 2.3e6));
    for (Axis axis : List.of(Y, Axis.linear("linear"))) {
      Document svg = parse(new Chart("title", X, axis, List.of(line)).svg());
      List<Element> circles = elements(svg, "circle");
      assertThat(circles).hasSize(4);
      for (Element each : circles) {
        assertInside(number(each, "cx"), number(each, "cy"));
      }
      for (Element each : elements(svg, "line")) {
        if (each.getAttribute("class").startsWith("range")) {
          assertInside(number(each, "x1"), number(each, "y1"));
          assertInside(number(each, "x2"), number(each, "y2"));
        }
      }
    }
  }

  @Test
  void decadesAreEquallyFarApart() throws Exception {
    Document svg =
        parse(
            new Chart(
                    "title", X, Y, List.of(line("line", dot(1e3, 10), dot(1e4, 10), dot(1e5, 100))))
                .svg());
    List<Element> circles = elements(svg, "circle");
    double first = number(circles.get(0), "cx");
    assertThat(first).isEqualTo(Chart.FRAME_LEFT);
    assertThat(number(circles.get(2), "cx")).isEqualTo(Chart.FRAME_RIGHT);
    assertThat(number(circles.get(1), "cx"))
        .isCloseTo((Chart.FRAME_LEFT + Chart.FRAME_RIGHT) / 2.0, within(0.1));
    // More is higher up.
    assertThat(number(circles.get(2), "cy")).isLessThan(number(circles.get(0), "cy"));
  }

  @Test
  void everyLineIsInTheLegendAndReadableInTheDark() throws Exception {
    List<Line> lines = new ArrayList<>();
    for (int i = 0; i < Chart.COLOURS; i++) {
      lines.add(new Line("solid " + i, i, false, List.of(dot(1, 1))));
      lines.add(new Line("dashed " + i, i, true, List.of(dot(1, 2))));
    }
    String svg = new Chart("title", X, Y, lines).svg();
    Document parsed = parse(svg);
    assertThat(texts(parsed)).containsAll(lines.stream().map(Line::name).toList());
    int height =
        Integer.parseInt(parsed.getDocumentElement().getAttribute("viewBox").split(" ")[3]);
    for (Element each : elements(parsed, "text")) {
      assertThat(number(each, "y")).isBetween(0.0, (double) height);
    }
    String dark = svg.substring(svg.indexOf("prefers-color-scheme: dark"));
    for (int i = 0; i < Chart.COLOURS; i++) {
      assertThat(dark).contains(".c" + i + " {", ".d" + i + " {");
    }
    assertThatThrownBy(() -> new Line("one too many", Chart.COLOURS, false, List.of()))
        .hasMessageContaining("one too many");
  }

  private static void assertInside(double x, double y) {
    assertThat(x).isBetween((double) Chart.FRAME_LEFT, (double) Chart.FRAME_RIGHT);
    assertThat(y).isBetween((double) Chart.FRAME_TOP, (double) Chart.FRAME_BOTTOM);
  }

  private static Line line(String name, Dot... dots) {
    return new Line(name, 0, false, List.of(dots));
  }

  private static Dot dot(double x, double y) {
    return new Dot(x, y, y, y);
  }

  private static Document parse(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
  }

  private static double number(Element element, String attribute) {
    return Double.parseDouble(element.getAttribute(attribute));
  }

  private static List<String> texts(Document svg) {
    return elements(svg, "text").stream().map(Element::getTextContent).toList();
  }

  private static List<Element> elements(Document svg, String tag) {
    NodeList nodes = svg.getElementsByTagName(tag);
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      elements.add((Element) nodes.item(i));
    }
    return elements;
  }
}
