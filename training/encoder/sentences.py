"""Our own sentences: some to calibrate the int8 encoder with, others to measure it on."""

from __future__ import annotations

import itertools

CALIBRATION = """\
Turn 12 stone into kilograms please.
what's the second derivative of sin(x) * e^x
How long is it from 4 July 1998 until today, in weeks?
show me the five largest orders in invoices.csv
Plot average temperature per month from climate.parquet as a line chart and save it as temps.svg.
Is Boxing Day a public holiday in New Zealand?
summarise the meeting minutes in one paragraph
Which of these reviews are negative?
capital of mongolia
How far is Lima from Bogotá, and what time is it there now?
List every e-mail address and link mentioned in letter.txt.
Solve 2x^2 - 7x + 3 = 0 for x.
hey there
thanks, that is all
Please order a pizza with extra cheese and have it delivered at seven.
Write the answer to results.md, then read it back to me.
What does clause 14.2 of the lease mean for the tenant's deposit?
My chest hurts when I climb stairs, should I be worried?
Explain how mitosis differs from meiosis to a ten-year-old.
translate "good morning" to Portuguese
def mean(values): return sum(values) / len(values)
SELECT region, SUM(revenue) FROM sales GROUP BY region ORDER BY 2 DESC
Wie viele Tage sind es noch bis Ostern?
¿Cuál es la moneda de Japón?
Quelle est la population de Marseille ?
今天天气怎么样?
😀 👍 100%
asdf qwer zxcv
the currency of Switzerland is the franc
Converts a quantity from one unit to another: lengths, weights, volumes, temperatures, speeds.
Finds the derivative, the integral, the limit or the roots of an expression.
Reads a text file of the working folder.
Questions of law: statutes, contracts, courts, international law.
Counts the words, sentences and characters of a text and estimates how hard it is to read.
Draws a bar, line or pie chart from a table.
Sends each part of a request to the agent that can do it.
3.14159 * 2**10 - 7/8
+49 30 1234567, info@example.org, https://example.org/page?id=7
The committee met on Tuesday to discuss the budget for the coming year, in particular the rising cost of energy,
A ship leaves the harbor at 6:40 and sails 212 nautical miles north; another follows it two hours later at 18 knots.
How much is 1,250.50 EUR in pounds, and what is 15 % of that?
Group the table by customer, keep those above the median, sort by date descending and give me the first ten rows.
sentiment of "I hated every minute of it"
who are you and what can you do?
compare the readability of draft1.txt and draft2.txt
When is the next full moon after the spring equinox?
add 45 minutes to 23:30
List the prime factors of 360360.
make it shorter
the result, but in inches
""".splitlines()

_ASKS = ("what is", "tell me", "cud you pls find", "I need", "work out", "Could you give me", "show")
_TOPICS = (
    "the square root of 2025",
    "17 percent of 340",
    "the area of a circle with radius 4 cm",
    "90 degrees Fahrenheit in Celsius",
    "how many gallons are in 200 liters",
    "the weekday of 29 February 2028",
    "the number of working days in May 2027",
    "the time in Tokyo when it is noon in Chicago",
    "the longest river in Africa",
    "the population of Iceland and of Malta",
    "the three cheapest products in prices.csv",
    "the average salary by department",
    "a pie chart of votes per party",
    "the keywords of this article",
    "a two sentence summary of report.txt",
    "whether the customer sounds angry",
    "all phone numbers in contacts.txt",
    "the files changed since Monday",
    "the limit of (1 + 1/n)^n",
    "the eigenvalues of [[2, 1], [1, 3]]",
    "the notice period for a rented flat",
    "the side effects of ibuprofen",
    "why leaves turn red in autumn",
    "the plot of Hamlet",
    "the GDP of Brazil in 2019",
    "a good name for a grey cat",
    "how to undo the last git commit",
    "the chemical formula of caffeine",
    "how old someone born on 5 June 1987 is",
    "which of Turin and Ghent has more people",
    "the median of 3, 9, 4, 12 and 7",
)
_FIRSTS = (
    "Read budget.xlsx",
    "Take the second table",
    "convert 26.2 miles to km",
    "Integrate x*log(x) from 1 to e",
    "find the distance between Oslo and Rome",
    "Summarize chapter 3",
)
_THENS = (
    "then double it",
    "and write it to out.txt",
    "and how long is that in minutes?",
    "then sort by the last column and draw it",
    "and tell me whether that is more than usual",
    "; after that translate the result into Dutch",
)
_OTHERS = """\
hi
ok
?

42
no, the other one
WHAT IS THE CAPITAL OF AUSTRALIA
wether in pari tomorow
whats 3 fett in metrs
Ist der 3. Oktober ein Feiertag in Bayern?
Combien de kilomètres entre Lyon et Nice ?
Quanti giorni mancano a Natale?
東京の人口は?
Сколько будет семью восемь?
كم عدد سكان القاهرة؟
🎂 in 12 days 🎉
$x^2 + y^2 = z^2$
for i in range(10): print(i ** 2)
ERROR 404: page not found at /var/www/index.html line 17
{"query": "revenue", "group": ["region", "year"], "limit": 5}
name;age;city
ISBN 978-3-16-148410-0
John's, Mary's and the O'Neills' accounts
a a a a a a a a a a a a a a a a
supercalifragilisticexpialidocious antidisestablishmentarianism
Book me a table for two tonight.
play some jazz
set an alarm for six
open the garage door
Sells used bicycles and repairs them while you wait.
Answers questions about medicine: symptoms, drugs, doses, treatments.
Answers questions about physics, from mechanics to quantum theory.
Computes distances between cities along the surface of the earth.
Tells the weekday of a date, and the days between two dates.
Looks up the capital, the population, the currency or the continent of a country.
Runs a query on a table and gives the rows that match.
Finds out whether a text is positive, negative or neutral.
The parties agree that any dispute arising out of this contract shall be settled by arbitration in Geneva.
Water boils at a lower temperature on a mountain because the pressure of the air is lower there.
The patient, a 54 year old man, presented with fever, a dry cough and pain in the left side lasting three days.
Revenue grew by 12.4 % to 3.2 billion, while costs fell for the third quarter in a row, the company said on Friday.
When she opened the door the room was empty, but the kettle was still warm and a single glove lay on the chair.
To install the package, create a virtual environment, activate it, and run the command below in that folder.
Given a sorted list of n numbers, describe an algorithm that finds the two whose sum is closest to zero in linear time.
""".splitlines()
_LONG = (
    "I have been looking at the sales figures of the last four quarters and something does not add up: the totals "
    "in the regional sheets are higher than the company total, even after returns. Please read both files, compare "
    "them region by region, list every difference above one thousand, and draw a chart that I can show on Monday. ",
    "Last spring we drove from Lisbon to Warsaw with two children and a dog. We stopped in Salamanca, Bordeaux, "
    "Lyon, Basel, Nuremberg and Prague, never driving more than six hours a day. Work out the length of each leg, "
    "the total in miles, and how much fuel we used at 6.4 liters per hundred kilometers. ",
)


def check_sentences() -> list[str]:
    """300 different texts of many kinds and lengths, none of them used for calibration."""
    chains = [f"{first} {then}" for first, then in itertools.product(_FIRSTS, _THENS)]
    asks = [f"{ask} {topic}" for topic, ask in itertools.product(_TOPICS, _ASKS)]
    long = [text * times for text, times in itertools.product(_LONG, (1, 2))]
    return [*_OTHERS, *long, *chains, *asks][:300]
