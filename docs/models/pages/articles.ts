/** An article of a page: its address, its title and its paragraphs. */
export interface Article {
  readonly url: string;
  readonly title: string;
  readonly paragraphs: readonly string[];
}

/** Prose that is worth keeping. */
export const ARTICLES: readonly Article[] = [
  {
    url: "https://coast-notes.example/sea-otters",
    title: "Sea otters",
    paragraphs: [
      "Sea otters hold hands while they sleep, and so they do not drift apart. A whole group may rest like this on a calm bay, each with a strand of kelp around its body.",
      "They have the thickest fur of all animals, because they have no fat that would keep them warm. An otter spends hours of every day on cleaning it, and it eats a quarter of its weight between two mornings.",
      "Where otters live, sea urchins are few and the kelp grows tall. Where they were hunted away, the urchins ate the forest down to the rock.",
    ],
  },
  {
    url: "https://village-mill.example/history",
    title: "The mill at the end of the road",
    paragraphs: [
      "The mill was built in the year when the bridge was finished, and both were paid for by the same family. It ground the corn of seven villages until the railway brought cheaper flour from the coast.",
      "For thirty years the wheel stood still. Children swam in the pond, and the miller's house was used as a store for apples.",
      "Today a small turbine turns where the wheel used to be. It makes enough power for forty houses, and the old stones can be seen on the first Sunday of the month.",
    ],
  },
  {
    url: "https://kitchen-diary.example/bread",
    title: "Bread that needs no kneading",
    paragraphs: [
      "Mix four cups of flour with two teaspoons of salt and a pinch of yeast, then stir in two cups of water with a spoon. The dough will look wet and rough, and that is how it should be.",
      "Cover the bowl and leave it on the table until the next day. Time does the work that your hands would do: the flour takes up the water, and the yeast makes the dough light.",
      "Heat a pot with a lid in the oven for half an hour. Drop the dough into it, close the lid and bake for thirty minutes, and then for fifteen more without the lid.",
    ],
  },
  {
    url: "https://night-sky.example/saturn",
    title: "How to find Saturn",
    paragraphs: [
      "Saturn is the last planet that can be seen without a telescope. It is a steady yellow point, and it does not twinkle as the stars around it do.",
      "It needs almost thirty years for one turn around the sun, so that it stays in front of the same stars for a whole summer. Once you know where it is, you will find it again the next night.",
      "A small telescope that enlarges fifty times is enough to see that the planet has rings. Nobody forgets the first time that they see them with their own eyes.",
    ],
  },
  {
    url: "https://bicycle-workshop.example/flat-tyre",
    title: "A flat tyre in ten minutes",
    paragraphs: [
      "Take the wheel out and let the rest of the air escape. Push a lever under the edge of the tyre, bend it down and hook it to a spoke, then do the same with a second lever a hand's width away.",
      "Pull the tube out and pump it up a little. Hold it to your ear and turn it until you hear where the air comes out, or put it under water and look for bubbles.",
      "Before the new tube goes in, feel along the inside of the tyre with your fingers. The thorn that made the hole is often still there, and it would make the next one before you are home.",
    ],
  },
  {
    url: "https://river-watch.example/salmon",
    title: "The salmon are back",
    paragraphs: [
      "For the first time in ninety years a salmon has been seen above the weir. The fish was a female of about seven kilograms, and it used the ladder that was opened in spring.",
      "The water has become cleaner since the dye works closed, but that alone was not enough. Young salmon were set free in the upper river for twelve years, and most of them never came home.",
      "The people who count fish here work at night, with a lamp and a notebook. They say that one salmon is no success yet, but that it is a beginning.",
    ],
  },
  {
    url: "https://small-library.example/opening",
    title: "A library in a telephone box",
    paragraphs: [
      "The telephone in the box on the market square had not rung for years. When the company wanted to take it away, the neighbours asked whether they could have the box instead.",
      "They put in six shelves and a lamp, and everyone brought ten books. You may take one without asking, and you are asked to bring one when you can.",
      "In the first winter somebody left a note inside a novel: I have read this aloud to my mother, and we both cried. The note is still there, and so is the book.",
    ],
  },
  {
    url: "https://garden-year.example/compost",
    title: "What compost wants",
    paragraphs: [
      "A heap of compost is a meal for very small animals, and like all animals they want water, air and something to eat. If one of the three is missing, the heap goes cold or begins to smell.",
      "Green things such as grass bring nitrogen, and brown things such as dry leaves bring carbon. Put them down in layers, and turn the heap with a fork every few weeks.",
      "After half a year the lowest layer is dark and loose and has the scent of a wood after rain. Give it to the tomatoes first, because they are the hungriest.",
    ],
  },
  {
    url: "https://clock-repair.example/pendulum",
    title: "Why a pendulum keeps time",
    paragraphs: [
      "A pendulum needs the same time for a wide swing as for a narrow one, as long as neither is very wide. Only its length decides how fast it goes, and not how heavy it is.",
      "One that is a metre long takes about one second from side to side. In summer the rod grows a little longer with the heat, and the clock loses some seconds every day.",
      "Clockmakers answered with rods of two metals that grow in opposite directions. The nut below the bob is there for what remains: one turn is worth half a minute a day.",
    ],
  },
  {
    url: "https://mountain-rescue.example/weather",
    title: "Turn back in time",
    paragraphs: [
      "Most people whom we bring down from the mountain had seen the weather change and went on all the same. They wanted to reach the top because they had come so far.",
      "Clouds that grow like towers before noon mean thunder in the afternoon. If you can hear it, you are close enough to be struck, and a ridge is the worst place to be.",
      "Decide at the foot of the mountain at what time you will turn around, and keep to it wherever you are then. The summit will still be there next week, and so should you.",
    ],
  },
  {
    url: "https://harbour-museum.example/knots",
    title: "Three knots that every sailor knows",
    paragraphs: [
      "The bowline makes a loop that does not slip and can still be opened after it has carried a heavy load. It was used to lift men over the side, and they had to trust it.",
      "The clove hitch holds a rope to a post with two turns. It is quickly made and quickly undone, but it may work loose when the pull changes its direction.",
      "The reef knot joins two ends of the same rope around a sail. It must never join two ropes that people hang on, because a jerk on one end turns it over and lets it go.",
    ],
  },
  {
    url: "https://school-radio.example/first-show",
    title: "Our first hour on the air",
    paragraphs: [
      "We had practised for a month, and then the microphone was not switched on. For the first three minutes nobody could hear us, which we learned from a father who telephoned.",
      "After that it went well. We read the news of the school, asked the cook why there is always soup on Fridays, and played two songs that the band of the ninth year had recorded in a garage.",
      "At the end a teacher said that she had listened in the car and missed her exit. We have decided to take that as praise, and there will be another show in May.",
    ],
  },
  {
    url: "https://map-room.example/contour-lines",
    title: "Reading the lines of a map",
    paragraphs: [
      "A contour line joins points of the same height, as the edge of a lake would do if the valley were filled up to it. Two lines never cross, and each of them comes back to where it began.",
      "Where the lines lie close together, the slope is steep. Where they form a V that points uphill there is a valley, and often a stream that the map shows in blue.",
      "Before a walk, follow your way with a finger and count the lines that you cross. Each is ten metres up or down, and the sum tells you more about the day than the distance.",
    ],
  },
  {
    url: "https://bee-letters.example/swarm",
    title: "When bees move house",
    paragraphs: [
      "In May a hive becomes too small, and half of the bees leave it with the old queen. They hang in a tree like a brown beard, and they are as peaceful as they will ever be.",
      "Some hundred of them fly out to look for a hollow. Each comes back and dances for the place that she has found, and the better the place, the longer she dances.",
      "Slowly the dances begin to agree. When enough bees have visited the same hollow, the swarm warms up its wings and flies there, although most of the bees have never seen it.",
    ],
  },
  {
    url: "https://letters-home.example/night-train",
    title: "The night train to the sea",
    paragraphs: [
      "The train leaves after ten in the evening, when the station shop has closed and the pigeons are asleep under the roof. The beds are narrow, and the sheets smell of soap.",
      "Somewhere after midnight the wheels begin to sound different, because the line runs over the marsh on a long bridge. I always wake up there, and I never know why.",
      "In the morning there is coffee in paper cups, and then the sea stands in the window without any warning. Nobody in the carriage says a word until the next station.",
    ],
  },
  {
    url: "https://quiet-science.example/ice",
    title: "Why ice swims",
    paragraphs: [
      "Almost everything shrinks when it freezes, but water needs more room as ice. Its molecules hold each other at arm's length in a pattern with holes, and so ice is lighter than the water that it was made of.",
      "This is why a lake freezes from the top. The ice keeps the cold wind away from the water below, and fish can live through the winter at four degrees.",
      "If ice sank, lakes would freeze from the ground up and would hardly melt in summer. A great deal of life depends on this one exception.",
    ],
  },
];
