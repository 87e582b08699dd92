"""Write the data beside the sample notebooks: made up, untidy, and the same bytes every time."""

from __future__ import annotations

import csv
import datetime as dt
import json
import math
import random
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
Row = dict[str, Any]


def write(path: str, rows: list[Row], delimiter: str = ",") -> None:
    """Write rows as a table below this folder; None is an empty field."""
    target = HERE / path
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, list(rows[0]), delimiter=delimiter, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def logistic(x: float) -> float:
    """Return the probability that belongs to a score."""
    return 1 / (1 + math.exp(-x))


def sometimes(rng: random.Random, share: float, value: Any, other: Any = None) -> Any:
    """Return `other` in a share of all cases, else the value."""
    return other if rng.random() < share else value


SURNAMES = "Aas Berg Dahl Eide Foss Haugen Iversen Lie Moen Nygard Olsen Ruud Strand Vik".split()
MEN = "Arne Bjorn Einar Jonas Karl Lars Nils Ola Per Sven".split()
WOMEN = "Anna Berit Eva Greta Hilde Ingrid Kari Liv Marit Solveig".split()


def passenger(rng: random.Random, number: int) -> Row:
    """Return one booking on the night ferry, with whether the passenger showed up."""
    woman, deck = rng.random() < 0.48, rng.choices((1, 2, 3), (2, 3, 5))[0]
    age = max(1, min(88, rng.gauss(41 - 4 * deck, 17)))
    title = "Child" if age < 13 else rng.choice(("Mrs", "Ms")) if woman else "Mr"
    title = sometimes(rng, 0.03, title, rng.choice(("Dr", "Capt", "Prof")))
    party = rng.choices(range(6), (50, 22, 12, 9, 5, 2))[0]
    fare = round(rng.lognormvariate(5.6 - 0.55 * deck, 0.35) * (1 + 0.1 * party), 2)
    port = rng.choices(("Bergen", "Hirtshals", "Torshavn"), (6, 3, 1))[0]
    days = int(rng.expovariate(1 / 25))
    score = -0.8 + 0.5 * (deck - 2) + 0.02 * days - 0.4 * party - 0.6 * woman
    score += 1.1 * (port == "Torshavn") + 0.8 * (age < 30)
    cabin = f"{'ABC'[deck - 1]}{rng.randint(1, 60)}"
    return {
        "BookingId": number,
        "NoShow": int(rng.random() < logistic(2.2 * score)),
        "Deck": deck,
        "Name": f"{rng.choice(SURNAMES)}, {title}. {rng.choice(WOMEN if woman else MEN)}",
        "Sex": "female" if woman else "male",
        "Age": sometimes(rng, 0.18, round(age, 1)),
        "Party": party,
        "Fare": sometimes(rng, 0.02, fare),
        "Cabin": sometimes(rng, 0.2 + 0.22 * deck, cabin),
        "Port": sometimes(rng, 0.02, port),
        "DaysAhead": days,
    }


def ferry() -> None:
    """Bookings with the outcome, and later ones without it."""
    rng = random.Random(1912)
    rows = [passenger(rng, 1001 + n) for n in range(560)]
    write("ferry/data/train.csv", rows[:400])
    write(
        "ferry/data/test.csv", [{k: v for k, v in r.items() if k != "NoShow"} for r in rows[400:]]
    )


def account(rng: random.Random, number: int) -> Row:
    """Return a broadband account; `_risk` is what nobody gets to see."""
    age, plan = sometimes(rng, 0.08, rng.randint(18, 85)), rng.choice(("basic", "plus", "max"))
    opened = dt.date(2017, 1, 1) + dt.timedelta(days=rng.randrange(2100))
    typed = sometimes(rng, 0.2, opened.isoformat(), opened.strftime("%d/%m/%Y"))
    region = rng.choice(("north", "south", "east", "west"))
    return {
        "account_id": f"A{number:04d}",
        "opened": typed,
        "region": sometimes(rng, 0.1, region, f" {region.title()}"),
        "plan": sometimes(rng, 0.05, plan, plan.upper()),
        "age": sometimes(rng, 0.02, age, 999),
        "paperless": rng.choice(("yes", "no", "y", "n")),
        "_risk": rng.gauss(-0.6, 1)
        + 0.4 * (plan == "max")
        - 0.0003 * (opened.toordinal() - 736330),
    }


def invoices(rng: random.Random, owner: Row) -> Iterable[Row]:
    """Yield half a year of invoices; unhappy customers pay late."""
    price = {"basic": 29.9, "plus": 39.9, "max": 59.9}[owner["plan"].lower()]
    for month in range(1, 7):
        if rng.random() < 0.97:
            late = max(0, int(rng.gauss(2 + 5 * owner["_risk"], 4)))
            amount = f"{price + rng.choice((0, 0, 0, 5, 12.5)):.2f}"
            yield {
                "account_id": owner["account_id"],
                "month": f"2023-{month:02d}",
                "amount": sometimes(rng, 0.03, amount, f"EUR {amount}"),
                "days_late": sometimes(rng, 0.04, late),
            }


def tickets(rng: random.Random, owner: Row) -> Iterable[Row]:
    """Yield the calls to the hotline, written down by hand."""
    for _ in range(max(0, int(rng.gauss(1 + owner["_risk"], 1)))):
        day = dt.date(2023, 1, 1) + dt.timedelta(days=rng.randrange(180))
        topic = rng.choice(("outage", "billing", "speed", "moving", "Outage ", "BILLING"))
        yield {
            "account": owner["account_id"],
            "date": day.strftime("%d.%m.%Y"),
            "topic": topic,
            "minutes": f"{rng.expovariate(1 / 9):.1f}".replace(".", ","),
            "solved": int(rng.random() < 0.7),
        }


def broadband() -> None:
    """Accounts, invoices, hotline tickets and the price list, each from another system."""
    rng = random.Random(404)
    accounts = [account(rng, n) for n in range(300)]
    accounts += rng.sample(accounts, 6)
    write("churn/data/invoices.csv", [r for a in accounts[:300] for r in invoices(rng, a)])
    write(
        "churn/data/tickets.csv",
        [r for a in accounts[:300] for r in tickets(rng, a)],
        delimiter=";",
    )
    left = {a["account_id"]: int(rng.random() < logistic(1.6 * a["_risk"])) for a in accounts[:300]}
    public = [{k: v for k, v in a.items() if k != "_risk"} for a in accounts]
    write("churn/data/accounts.csv", [{**a, "left": left[a["account_id"]]} for a in public])
    plans = {
        "valid_from": "2023-01-01",
        "plans": [
            {"plan": "basic", "mbit": 50, "price": 29.9},
            {"plan": "plus", "mbit": 250, "price": 39.9},
            {"plan": "max", "mbit": 1000, "price": 59.9},
        ],
    }
    text = json.dumps(plans, indent=2) + "\n"
    (HERE / "churn/data/plans.json").write_text(text, "utf-8")


DISTRICTS = {"Harbour": 17.5, "Old Town": 19.0, "Mill Hill": 13.0, "Station": 14.5, "Meadows": 11.5}


def flat(rng: random.Random, number: int) -> Row:
    """Return one advertisement for a flat."""
    district = rng.choice(list(DISTRICTS))
    rooms = rng.choices((1, 1.5, 2, 2.5, 3, 4, 5), (4, 2, 8, 4, 6, 3, 1))[0]
    area = max(15, rng.gauss(12 + 21 * rooms, 7))
    year = rng.choice((rng.randint(1890, 1935), rng.randint(1950, 1985), rng.randint(1986, 2022)))
    lift, balcony = rng.random() < 0.35, rng.random() < 0.5
    level = DISTRICTS[district] * (1 + 0.12 * (year > 2005) - 0.06 * (1950 <= year < 1980))
    rent = area**0.93 * level + 40 * lift + 25 * balcony + rng.gauss(0, 45)
    text = f"{rent:,.0f} EUR" if rng.random() < 0.3 else f"{rent:.0f}"
    extras = [e for e, has in (("lift", lift), ("balcony", balcony)) if has]
    return {
        "id": number,
        "district": sometimes(rng, 0.06, district, district.lower()),
        "rooms": rooms,
        "area": sometimes(rng, 0.04, f"{area:.1f} m2" if rng.random() < 0.15 else f"{area:.1f}"),
        "built": sometimes(rng, 0.1, year),
        "floor": rng.choice(("ground", 1, 2, 3, 4, 5)),
        "extras": "; ".join(extras) or None,
        "rent": sometimes(rng, 0.01, text, "on request"),
    }


def rents() -> None:
    """Flats as a crawler found them, some of them twice."""
    rng = random.Random(77)
    flats = [flat(rng, 5000 + n) for n in range(420)]
    write("rents/data/flats.csv", flats + rng.sample(flats, 9))


HOLIDAYS = {"2021-12-25", "2022-01-01", "2022-04-17", "2022-05-01", "2022-12-25", "2023-01-01"}


def bakery() -> None:
    """Two years of a bakery: one row a day, some days missing, two promotions and a broken till."""
    rng = random.Random(31)
    rows, start = [], dt.date(2021, 7, 1)
    for n in range(730):
        day = start + dt.timedelta(days=n)
        if rng.random() < 0.015:
            continue
        weekly = (0.9, 0.92, 0.97, 1.0, 1.15, 1.4, 0.7)[day.weekday()]
        season = 1 + 0.12 * math.cos(2 * math.pi * (day.timetuple().tm_yday - 350) / 365)
        temperature = 10 - 11 * math.cos(2 * math.pi * (n + 165) / 365) + rng.gauss(0, 3)
        promotion = int(rng.random() < 0.06)
        units = 210 * weekly * season * (1 + 0.0002 * n) * (1 + 0.25 * promotion)
        units = units * (0.35 if day.isoformat() in HOLIDAYS else 1) + rng.gauss(0, 11)
        rows.append(
            {
                "date": day.isoformat(),
                "units": sometimes(rng, 0.01, round(units), -1),
                "temperature": sometimes(rng, 0.03, round(temperature, 1)),
                "promotion": promotion,
            }
        )
    write("bakery/data/daily_sales.csv", rows)
    write("bakery/data/holidays.csv", [{"date": day} for day in sorted(HOLIDAYS)])


GENRES = {"crime": 9, "children": 12, "history": 4, "cooking": 3, "poetry": 1, "travel": 4}


def library() -> None:
    """Members of a town library and a year of loans."""
    rng = random.Random(8)
    branches = ("Central", "Riverside", "Hillside")
    members = [
        {
            "member": n,
            "born": sometimes(rng, 0.07, rng.randint(1935, 2016)),
            "branch": rng.choices(branches, (5, 3, 2))[0],
            "joined": (dt.date(2010, 1, 1) + dt.timedelta(days=rng.randrange(4700))).isoformat(),
        }
        for n in range(1, 221)
    ]
    loans = []
    for _ in range(1500):
        out = dt.date(2022, 1, 1) + dt.timedelta(days=int(rng.random() ** 0.9 * 365))
        genre = rng.choices(list(GENRES), list(GENRES.values()))[0]
        days = max(1, int(rng.gauss(18, 9)))
        back = (out + dt.timedelta(days=days)).isoformat()
        loans.append(
            {
                "member": min(220, 1 + int(rng.expovariate(1 / 60))),
                "genre": sometimes(rng, 0.04, genre, genre.capitalize()),
                "out": out.isoformat(),
                "back": sometimes(rng, 0.05, back),
            }
        )
    write("library/data/members.csv", members)
    write("library/data/loans.csv", sorted(loans, key=lambda loan: loan["out"]))


def meters() -> None:
    """Hourly readings of five heat pumps, a file a month, the last column misnamed once."""
    rng = random.Random(5)
    for month in (1, 2, 3):
        rows = []
        for pump in ("P1", "P2", "P3", "P4", "P5"):
            wear = int(pump[1]) * 0.08
            for hour in range(0, 24 * 28, 8):
                outside = 2 + 3 * month + 5 * math.sin(hour / 24 * 6.28) + rng.gauss(0, 2)
                power = max(0.0, 3.2 - 0.11 * outside + wear * (month == 3) + rng.gauss(0, 0.2))
                stamp = dt.datetime(2024, month, 1) + dt.timedelta(hours=hour)
                rows.append(
                    {
                        "time": stamp.isoformat(sep=" "),
                        "pump": pump,
                        "outside": f"{outside:.1f}",
                        "kW" if month == 2 else "power": sometimes(
                            rng, 0.02, f"{power:.2f}", "ERR"
                        ),
                    }
                )
        write(f"heatpumps/data/raw/2024-{month:02d}.csv", rows)
    faults = [
        {"pump": "P3", "date": "2024-03-09", "fault": "fan"},
        {"pump": "P5", "date": "2024-03-17", "fault": "valve"},
        {"pump": "P5", "date": "2024-03-22", "fault": "valve"},
    ]
    write("heatpumps/data/faults.csv", faults)


PHRASES = {
    "delivery": "parcel late|courier never came|wrong address|tracking says delivered|box was open",
    "refund": "money back|charged twice|refund still missing|wrong amount|cancel my order",
    "account": "cannot log in|reset password|change my email|locked out|delete my account",
}
OPENINGS = ("Hello, ", "hi ", "", "Dear team! ", "AGAIN: ", "Good morning, ", "second time: ")
CLOSINGS = (" please help", " thanks", "!!!", " since monday", " order 4{:03d}", " :(", "")


def mailbox() -> None:
    """Short messages to a shop with the team that answered them."""
    rng = random.Random(12)
    rows = []
    for n in range(360):
        team = rng.choice(list(PHRASES))
        parts = rng.sample(PHRASES[team].split("|"), rng.choice((1, 1, 2)))
        if rng.random() < 0.15:
            parts.append(rng.choice(PHRASES[rng.choice(list(PHRASES))].split("|")))
        closing = rng.choice(CLOSINGS).format(rng.randrange(1000))
        text = rng.choice(OPENINGS) + " and ".join(parts) + closing
        rows.append(
            {
                "id": n,
                "text": sometimes(rng, 0.01, text),
                "channel": rng.choice(("mail", "chat", "form")),
                "team": sometimes(rng, 0.05, team),
            }
        )
    write("mailbox/data/messages.csv", rows)


SAMPLES: tuple[Callable[[], None], ...] = (
    ferry,
    broadband,
    rents,
    bakery,
    library,
    meters,
    mailbox,
)

if __name__ == "__main__":
    for sample in SAMPLES:
        sample()
