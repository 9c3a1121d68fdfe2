/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.real;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** English sentences: some written by hand, any number made from patterns, the same per seed. */
final class Sentences {
  private static final Pattern SLOT = Pattern.compile("\\{(\\w+)\\}");

  private static final String[] PATTERNS = {
    "The {adjective} {animal} {moved} across the {place}.",
    "{person} wants to {act} the {adjective} {thing} before {time}.",
    "How do I {act} a {thing} in {city}?",
    "{city} is known for its {adjective} {thing}s and {adjective} {food}.",
    "After {time}, the {worker} {made} a {adjective} {thing}.",
    "Nobody in the {place} had ever seen such a {adjective} {animal}.",
    "{person} and {person} {made} {number} {thing}s for the {worker}.",
    "Is it possible to {act} {number} {thing}s at once, or only one?",
    "The {worker} said that the {thing} was too {adjective} to {act}.",
    "Our {science} class learned why {animal}s avoid the {place}.",
    "A recipe for {food}: {number} eggs, some flour and {adjective} butter.",
    "I lost my {thing} near the {place}; please call {person}.",
    "Research in {science} shows that {adjective} {animal}s live longer.",
    "The price of {food} rose by {number} percent in {city}.",
    "{person} never eats {food} in the {place}.",
    "Please {act} the {thing}, then report to the {worker}.",
    "What is the difference between a {thing} and a {adjective} {thing}?",
    "By {time} the train from {city} to {city} had been cancelled.",
    "We {made} an offer of {number} dollars for the {adjective} {thing}.",
    "The {animal} slept while the {worker} cleaned the {place}.",
    "Error {number}: the {thing} could not be found in the {place}.",
    "{science} is harder than {science}, my {adjective} teacher claims.",
    "Tickets to {city} are cheapest before {time}.",
    "They {moved} slowly, {adjective} and tired, towards the {place}.",
    "A {adjective} {worker} from {city} won the prize in {science}.",
    "Could {person} {act} this {adjective} {thing} for me by {time}?",
    "{food} and {food} do not go well together.",
    "\"{adjective},\" {person} whispered, and closed the {thing}.",
    "The museum shows {number} {adjective} {thing}s made by one {worker}.",
    "Why did the {animal} cross the {place} at {time}?",
    "Returns a {adjective} {thing}, or fails when the {thing} is missing.",
    "{number} {animal}s were counted in the {place} near {city}.",
  };

  private static final Map<String, String[]> WORDS =
      Map.ofEntries(
          words(
              "adjective",
              "quick quiet ancient modern heavy fragile bright dusty frozen golden honest cheap"
                  + " expensive invisible local famous broken gentle hungry curious wooden plastic"
                  + " digital medieval popular rare salty sour warm wet narrow enormous tiny legal"
                  + " dangerous useful bitter careful random parallel"),
          words(
              "animal",
              "fox dog horse whale eagle beetle tortoise salmon rabbit wolf camel spider parrot"
                  + " octopus lizard elephant mouse owl bee shark"),
          words("moved", "ran walked crawled flew drifted hurried wandered jumped rolled marched"),
          words(
              "place",
              "river bridge library kitchen desert harbor forest stadium courtroom hospital market"
                  + " valley garden station warehouse castle village laboratory meadow theatre"),
          words(
              "person",
              "Anna Boris Chen Dalia Emeka Fatima George Hana Ivan Julia Kofi Lena Miguel Nadia"
                  + " Omar Priya Quentin Rosa Stefan Tomoko"),
          words(
              "act",
              "repair sell paint measure translate borrow print compress deliver hide install"
                  + " inspect polish replace recycle configure"),
          words(
              "thing",
              "camera violin contract engine ladder mirror novel painting phone piano receipt"
                  + " sensor telescope umbrella wallet window battery database keyboard compiler"
                  + " passport bicycle statue lamp"),
          words(
              "time",
              "midnight noon Monday summer 1999 dawn December breakfast Friday 2030 sunset lunch"),
          words(
              "city",
              "Paris Nairobi Lima Osaka Toronto Cairo Helsinki Mumbai Boston Prague Seoul Sydney"
                  + " Lagos Vienna Madrid Jakarta"),
          words(
              "food",
              "bread rice cheese soup chocolate honey noodles olives pepper coffee tomatoes garlic"
                  + " pasta beans"),
          words(
              "worker",
              "doctor farmer lawyer carpenter nurse pilot plumber judge baker engineer sailor"
                  + " librarian tailor chemist editor soldier"),
          words("made", "built designed ordered painted bought found collected donated rejected"),
          words("number", "3 7 12 20 42 64 99 150 404 500 1024 2500 10,000 fifty ninety"),
          words(
              "science",
              "physics biology history geometry economics astronomy chemistry linguistics medicine"
                  + " philosophy statistics geology"));

  private Sentences() {}

  private static Map.Entry<String, String[]> words(String slot, String words) {
    return Map.entry(slot, words.split(" ", -1));
  }

  /** Returns sentences made from the patterns. */
  static List<String> generated(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    List<String> sentences = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String pattern = PATTERNS[random.nextInt(PATTERNS.length)];
      sentences.add(SLOT.matcher(pattern).replaceAll(slot -> word(random, slot.group(1))));
    }
    return sentences;
  }

  private static String word(SplittableRandom random, String slot) {
    String[] words = WORDS.getOrDefault(slot, new String[] {slot});
    return Matcher.quoteReplacement(words[random.nextInt(words.length)]);
  }

  /** Returns sentences that no pattern made. */
  static List<String> written() {
    return List.of(WRITTEN);
  }

  private static final String[] WRITTEN = {
    "It rained for three days and then the cellar was full of frogs.",
    "Where can I get my watch repaired on a Sunday?",
    "The committee postponed its decision until the auditors had finished.",
    "My grandmother kept bees, and she never once wore gloves.",
    "Quantization replaces floating point numbers by small integers.",
    "He missed the last bus and walked home along the canal.",
    "Water boils at a lower temperature in the mountains.",
    "Do not open the oven during the first twenty minutes.",
    "The court found that the contract was void from the beginning.",
    "She plays the cello better than anyone else in the orchestra.",
    "Our flight was delayed because of fog over the runway.",
    "Which of these two routes is faster in the morning?",
    "A stack is last in, first out; a queue is first in, first out.",
    "The patient was given antibiotics and released the next day.",
    "Nothing grows under the old walnut tree.",
    "I would like a table for four near the window, please.",
    "The moons of Jupiter were first seen through a telescope in 1610.",
    "Interest rates fell for the third quarter in a row.",
    "They argued about football all the way to the airport.",
    "Turn left at the church and continue for two kilometres.",
    "This jacket is waterproof but it does not breathe.",
    "The translator worked from a damaged copy of the manuscript.",
    "Can a vegetarian eat oysters?",
    "The printer is out of paper again.",
    "Volcanic ash makes the soil around the lake very fertile.",
    "He apologised, which surprised everyone who knew him.",
    "The goalkeeper saved two penalties in the final.",
    "If the light blinks red, hold the button for ten seconds.",
    "Children under six travel free of charge.",
    "The bridge was closed to lorries after the inspection.",
    "Photosynthesis turns light, water and carbon dioxide into sugar.",
    "Thank you for your letter of the ninth of March.",
    "The novel is told from the point of view of a dog.",
    "Prices include breakfast but not the local tax.",
    "Two witnesses described the same blue van.",
    "How many litres of paint do I need for this room?",
    "The senator declined to comment on the investigation.",
    "A whale's heart can weigh as much as a small car.",
    "Please wipe your shoes before you come in.",
    "The old software stored dates with two digits for the year.",
    "Her first film was shot in eleven days with borrowed cameras.",
    "Snow is expected above eight hundred metres tonight.",
    "The students built a bridge out of spaghetti.",
    "He has been learning Portuguese since he retired.",
    "Any angle inscribed in a semicircle is a right angle.",
    "The shop on the corner sells nothing but buttons.",
    "We regret to inform you that the position has been filled.",
    "An empty list has no maximum, so the method returns nothing.",
    "The cat has discovered how to open the refrigerator.",
    "Most of the island's electricity comes from the wind.",
    "Take one tablet twice a day with plenty of water.",
    "The band broke up shortly after their second album.",
    "Roman concrete has outlasted many modern harbours.",
    "My bicycle was stolen from the railway station last week.",
    "The vaccine is stored at minus seventy degrees.",
    "No one remembered who had locked the gate.",
    "A good map tells you what it leaves out.",
    "The river changes its course every few hundred years.",
    "She sold the company and opened a bakery.",
    "Please find the minutes of the meeting attached.",
  };
}
