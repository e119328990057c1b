.PHONY: build test

IMAGE := orders:dev

build: ## Build the image
	docker build --tag $(IMAGE) .

test: build
	npm ci
	npm test
	npm run lint

clean:
	git clean -fdX
