/// Turns the tree into instructions.
struct RegexCompiler {
    private var program = RegexProgram()
    private let pattern: String

    static func compile(_ tree: RegexNode, options: RegularExpression.Options,
                        pattern: String) throws(WarehouseError) -> RegexProgram {
        var compiler = RegexCompiler(pattern: pattern)
        compiler.program.isMultiline = options.isMultiline
        try compiler.add(.save(0))
        try compiler.emit(tree)
        try compiler.add(.save(1))
        try compiler.add(.match)
        return compiler.program
    }

    private init(pattern: String) { self.pattern = pattern }

    @discardableResult
    private mutating func add(_ instruction: RegexInstruction) throws(WarehouseError) -> Int {
        guard program.instructions.count < RegexProgram.maximumInstructions else {
            throw WarehouseError(.limitExceeded, "The regular expression '\(pattern)' is too large: with all repetitions "
                + "written out it has more than \(RegexProgram.maximumInstructions) instructions.")
        }
        program.instructions.append(instruction)
        return program.instructions.count - 1
    }

    private var next: Int { program.instructions.count }

    private mutating func emit(_ node: RegexNode) throws(WarehouseError) {
        switch node {
        case .empty: break
        case .scalars(let set): try add(.scalars(set))
        case .assertion(let assertion): try add(.assert(assertion))
        case .sequence(let items): for item in items { try emit(item) }
        case .group(let inner, nil): try emit(inner)
        case .group(let inner, let index?):
            try add(.save(index * 2))
            try emit(inner)
            try add(.save(index * 2 + 1))
        case .alternatives(let branches): try emitAlternatives(branches)
        case .look:
            throw WarehouseError(.invalidValue, "Invalid regular expression: '\(pattern)', only (?:…) groups are supported")
        case .repeated(let inner, let minimum, let maximum, let isLazy):
            for _ in 0..<minimum { try emit(inner) }
            if let maximum {
                try emitOptional(inner, count: maximum - minimum, isLazy: isLazy)
            } else {
                try emitStar(inner, isLazy: isLazy)
            }
        }
    }

    private mutating func emitAlternatives(_ branches: [RegexNode]) throws(WarehouseError) {
        var ends: [Int] = []
        for branch in branches.dropLast() {
            let split = try add(.split(preferred: 0, other: 0))
            try emit(branch)
            ends.append(try add(.jump(0)))
            program.instructions[split] = .split(preferred: split + 1, other: next)
        }
        if let last = branches.last { try emit(last) }
        for end in ends { program.instructions[end] = .jump(next) }
    }

    private mutating func emitStar(_ inner: RegexNode, isLazy: Bool) throws(WarehouseError) {
        let split = try add(.split(preferred: 0, other: 0))
        try emit(inner)
        try add(.jump(split))
        program.instructions[split] = branch(enter: split + 1, leave: next, isLazy: isLazy)
    }

    private mutating func emitOptional(_ inner: RegexNode, count: Int, isLazy: Bool) throws(WarehouseError) {
        var splits: [Int] = []
        for _ in 0..<count {
            splits.append(try add(.split(preferred: 0, other: 0)))
            try emit(inner)
        }
        for split in splits { program.instructions[split] = branch(enter: split + 1, leave: next, isLazy: isLazy) }
    }

    private func branch(enter: Int, leave: Int, isLazy: Bool) -> RegexInstruction {
        isLazy ? .split(preferred: leave, other: enter) : .split(preferred: enter, other: leave)
    }
}
