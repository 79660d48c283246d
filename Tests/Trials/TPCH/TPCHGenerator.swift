/// Makes the eight tables of TPC-H as files `NAME.tbl`, the same on every machine: rows, keys, formulas, ranges and
/// words are those of the specification (clause 4.2.3), the random numbers and the prose are this package's own, so
/// answers differ from dbgen's.
public struct TPCHGenerator {
    private let directory: String
    private let suppliers: Int, parts: Int, customers: Int, orders: Int
    private let dates = TPCHGenerator.calendar()

    public init(directory: String, scale: Double) {
        self.directory = directory
        suppliers = max(20, Int(10_000 * scale))
        parts = max(200, Int(200_000 * scale))
        customers = max(150, Int(150_000 * scale))
        orders = customers * 10
    }

    /// Writes all files.
    public func run() throws {
        try writeRegions()
        try writeSuppliers()
        try writeParts()
        try writeCustomers()
        try writeOrders()
    }

    // MARK: Values

    /// 1992-01-01 to 1998-12-31, by the number of days since the first.
    private static func calendar() -> [String] {
        func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        var dates: [String] = []
        for year in 1992...1998 {
            for (index, days) in [31, year % 4 == 0 ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].enumerated() {
                for day in 1...days { dates.append("\(year)-\(padded(index + 1))-\(padded(day))") }
            }
        }
        return dates
    }

    /// Words up to a width.
    private static func prose(_ random: inout SeededRandom, _ words: ClosedRange<Int>, width: Int) -> String {
        var text = ""
        for _ in 0..<random.between(words.lowerBound, words.upperBound) {
            let word = random.pick(TPCHWords.prose)
            if text.utf8.count + word.utf8.count < width { text += text.isEmpty ? word : " " + word }
        }
        return text
    }

    /// Prose that holds two words with some between them, so often in a thousand.
    private static func prose(
        _ random: inout SeededRandom, _ words: ClosedRange<Int>, width: Int, _ first: String, _ second: String,
        inThousand: Int
    ) -> String {
        guard random.below(1000) < inThousand else { return prose(&random, words, width: width) }
        return "\(prose(&random, 1...2, width: 20)) \(first) \(prose(&random, 1...2, width: 20)) \(second)"
    }

    private static let addressLetters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789, ")

    private static func address(_ random: inout SeededRandom) -> String {
        // A blank or a comma first or last would be an address that readers may trim.
        "x" + String((0..<random.between(8, 36)).map { _ in random.pick(addressLetters) }) + "x"
    }

    private static func phone(_ random: inout SeededRandom, nation: Int) -> String {
        "\(10 + nation)-\(random.between(100, 999))-\(random.between(100, 999))-\(random.between(1000, 9999))"
    }

    private static func numbered(_ name: String, _ number: Int) -> String {
        let digits = String(number)
        return name + "#" + String(repeating: "0", count: max(0, 9 - digits.count)) + digits
    }

    private static func retailCents(_ part: Int) -> Int { 90_000 + (part / 10) % 20_001 + 100 * (part % 1000) }

    /// One of the four suppliers of a part.
    private func supplier(of part: Int, _ index: Int) -> Int {
        (part + index * (suppliers / 4 + (part - 1) / suppliers)) % suppliers + 1
    }

    // MARK: Tables

    private func writeRegions() throws {
        var random = SeededRandom(1)
        let regions = try DelimitedFile(directory + "/region.tbl")
        for (key, name) in TPCHWords.regions.enumerated() {
            regions.field(key)
            regions.field(name)
            regions.field(Self.prose(&random, 4...12, width: 152))
            try regions.endLine()
        }
        try regions.flush()
        let nations = try DelimitedFile(directory + "/nation.tbl")
        for (key, (name, region)) in TPCHWords.nations.enumerated() {
            nations.field(key)
            nations.field(name)
            nations.field(region)
            nations.field(Self.prose(&random, 4...12, width: 152))
            try nations.endLine()
        }
        try nations.flush()
    }

    private func writeSuppliers() throws {
        var random = SeededRandom(2)
        let file = try DelimitedFile(directory + "/supplier.tbl")
        for key in 1...suppliers {
            let nation = random.below(25)
            file.field(key)
            file.field(Self.numbered("Supplier", key))
            file.field(Self.address(&random))
            file.field(nation)
            file.field(Self.phone(&random, nation: nation))
            file.field(cents: random.between(-99_999, 999_999))
            file.field(Self.prose(&random, 4...10, width: 101, "Customer", "Complaints", inThousand: 12))
            try file.endLine()
        }
        try file.flush()
    }

    private func writeParts() throws {
        var random = SeededRandom(3)
        let file = try DelimitedFile(directory + "/part.tbl")
        let supplies = try DelimitedFile(directory + "/partsupp.tbl")
        for key in 1...parts {
            let maker = random.between(1, 5)
            file.field(key)
            file.field(TPCHWords.colors.shuffled(using: &random).prefix(5).joined(separator: " "))
            file.field("Manufacturer#\(maker)")
            file.field("Brand#\(maker)\(random.between(1, 5))")
            file.field(TPCHWords.types.map { random.pick($0) }.joined(separator: " "))
            file.field(random.between(1, 50))
            file.field(TPCHWords.containers.map { random.pick($0) }.joined(separator: " "))
            file.field(cents: Self.retailCents(key))
            file.field(Self.prose(&random, 1...3, width: 23))
            try file.endLine()
            for index in 0..<4 {
                supplies.field(key)
                supplies.field(supplier(of: key, index))
                supplies.field(random.between(1, 9999))
                supplies.field(cents: random.between(100, 100_000))
                supplies.field(Self.prose(&random, 8...24, width: 199))
                try supplies.endLine()
            }
        }
        try file.flush()
        try supplies.flush()
    }

    private func writeCustomers() throws {
        var random = SeededRandom(4)
        let file = try DelimitedFile(directory + "/customer.tbl")
        for key in 1...customers {
            let nation = random.below(25)
            file.field(key)
            file.field(Self.numbered("Customer", key))
            file.field(Self.address(&random))
            file.field(nation)
            file.field(Self.phone(&random, nation: nation))
            file.field(cents: random.between(-99_999, 999_999))
            file.field(random.pick(TPCHWords.segments))
            file.field(Self.prose(&random, 5...14, width: 117))
            try file.endLine()
        }
        try file.flush()
    }

    private func writeOrders() throws {
        var random = SeededRandom(5)
        let file = try DelimitedFile(directory + "/orders.tbl")
        let lines = try DelimitedFile(directory + "/lineitem.tbl")
        // 1995-06-17: what was shipped before it is final.
        guard let today = dates.firstIndex(of: "1995-06-17") else { return }
        for index in 0..<orders {
            // Eight keys of every 32 are used, and a third of the customers never orders.
            let key = index / 8 * 32 + index % 8 + 1
            var customer = random.between(1, customers)
            if customer % 3 == 0 { customer += customer < customers ? 1 : -1 }
            let date = random.below(dates.count - 151)
            let (total, open, count) = try writeLines(lines, key, date, today, &random)
            file.field(key)
            file.field(customer)
            file.field(open == 0 ? "F" : open == count ? "O" : "P")
            file.field(cents: total)
            file.field(dates[date])
            file.field(random.pick(TPCHWords.priorities))
            file.field(Self.numbered("Clerk", random.between(1, max(1, orders / 1500))))
            file.field(0)
            file.field(Self.prose(&random, 3...10, width: 79, "special", "requests", inThousand: 10))
            try file.endLine()
        }
        try file.flush()
        try lines.flush()
    }

    /// The lines of an order: the total price in cents, how many are open, and how many there are.
    private func writeLines(
        _ file: DelimitedFile, _ order: Int, _ date: Int, _ today: Int, _ random: inout SeededRandom
    ) throws -> (total: Int, open: Int, count: Int) {
        var total = 0, open = 0
        let count = random.between(1, 7)
        for number in 1...count {
            let part = random.between(1, parts), quantity = random.between(1, 50)
            let discount = random.between(0, 10), tax = random.between(0, 8)
            let price = quantity * Self.retailCents(part)
            let shipped = date + random.between(1, 121), committed = date + random.between(30, 90)
            let received = shipped + random.between(1, 30)
            total += price * (100 - discount) / 100 * (100 + tax) / 100
            file.field(order)
            file.field(part)
            file.field(supplier(of: part, random.below(4)))
            file.field(number)
            file.field(cents: quantity * 100)
            file.field(cents: price)
            file.field(cents: discount)
            file.field(cents: tax)
            file.field(received > today ? "N" : random.pick(["R", "A"]))
            file.field(shipped > today ? "O" : "F")
            for day in [shipped, committed, received] { file.field(dates[day]) }
            file.field(random.pick(TPCHWords.instructions))
            file.field(random.pick(TPCHWords.modes))
            file.field(Self.prose(&random, 2...5, width: 44))
            try file.endLine()
            if shipped > today { open += 1 }
        }
        return (total, open, count)
    }
}
