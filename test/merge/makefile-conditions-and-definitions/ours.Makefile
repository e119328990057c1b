# How to build.
ifeq ($(CI),true)
FLAGS = --ci --quiet
else
FLAGS =
endif

define help
Usage: make build
endef

build:
	@echo building
	npm run build $(FLAGS)

test:
	npm test -- --bail
