import WarehouseBasics

extension SQLWriter {
    mutating func write(_ call: FunctionCall) {
        switch call.name.kind {
        case .name(let parts): write(functionName: parts)
        case .computed: write(call.name)
        }
        if call.isBare, let name = call.simpleName, ReservedWords.bareFunctions.contains(name),
           call.arguments.isEmpty { return }
        write("(")
        if call.isDistinct { write("DISTINCT ") }
        list(call.arguments) { $0.write($1) }
        if !call.orderBy.isEmpty {
            write(" ORDER BY ")
            write(call.orderBy)
        }
        write(")")
        writeSuffix(of: call)
    }

    private mutating func writeSuffix(of call: FunctionCall) {
        if !call.withinGroup.isEmpty {
            write(" WITHIN GROUP (ORDER BY ")
            write(call.withinGroup)
            write(")")
        }
        if let filter = call.filter {
            write(" FILTER (WHERE ")
            write(filter)
            write(")")
        }
        if call.isFromLast { write(" FROM LAST") }
        if let treatment = call.nullTreatment { write(" " + treatment.rawValue) }
        switch call.over {
        case .named(let name):
            write(" OVER ")
            write(name)
        case .specification(let window):
            write(" OVER ")
            write(window)
        case nil: break
        }
    }

    private mutating func write(_ argument: FunctionArgument) {
        switch argument {
        case .expression(let expression): write(expression)
        case .named(let name, let value):
            write(name)
            write(" => ")
            write(value)
        case .star(let star): write(star)
        case .query(let query):
            indented { $0.write(query) }
            newLine()
        }
    }

    mutating func write(_ window: WindowSpecification) {
        write("(")
        var separator = ""
        if let base = window.base {
            write(base)
            separator = " "
        }
        if !window.partitionBy.isEmpty {
            write(separator + "PARTITION BY ")
            list(window.partitionBy) { $0.write($1) }
            separator = " "
        }
        if !window.orderBy.isEmpty {
            write(separator + "ORDER BY ")
            write(window.orderBy)
            separator = " "
        }
        if let frame = window.frame {
            write(separator + frame.unit.rawValue + (frame.end == nil ? " " : " BETWEEN "))
            write(frame.start)
            if let end = frame.end {
                write(" AND ")
                write(end)
            }
        }
        write(")")
    }

    private mutating func write(_ bound: FrameBound) {
        switch bound {
        case .unboundedPreceding: write("UNBOUNDED PRECEDING")
        case .unboundedFollowing: write("UNBOUNDED FOLLOWING")
        case .currentRow: write("CURRENT ROW")
        case .preceding(let distance):
            write(distance, Precedence.concatenation)
            write(" PRECEDING")
        case .following(let distance):
            write(distance, Precedence.concatenation)
            write(" FOLLOWING")
        }
    }

    mutating func write(_ items: [OrderItem]) {
        list(items) { writer, item in
            writer.write(item.expression)
            writer.write(item.direction, item.nulls)
        }
    }

    mutating func write(_ direction: SortDirection?, _ nulls: NullsOrder?) {
        if let direction { write(" " + direction.rawValue) }
        if let nulls { write(" " + nulls.rawValue) }
    }
}
